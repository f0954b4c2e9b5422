// The table of character sets, for the tables that refer to it at compile time.
#pragma once

#include "core/types/charset.h"

namespace sixfold::types {

// clang-format off
inline constexpr Charset kCharsets[] = {
    {"armscii8", "ARMSCII-8 Armenian", "armscii8_general_ci", CharsetKind::kEightBit, 1, 1, "armscii-8"},
    {"ascii", "US ASCII", "ascii_general_ci", CharsetKind::kAscii, 1, 1, nullptr},
    {"big5", "Big5 Traditional Chinese", "big5_chinese_ci", CharsetKind::kMultiByte, 1, 2, "windows-950"},
    {"binary", "Binary pseudo charset", "binary", CharsetKind::kBinary, 1, 1, nullptr},
    {"cp1250", "Windows Central European", "cp1250_general_ci", CharsetKind::kEightBit, 1, 1, "windows-1250"},
    {"cp1251", "Windows Cyrillic", "cp1251_general_ci", CharsetKind::kEightBit, 1, 1, "windows-1251"},
    {"cp1256", "Windows Arabic", "cp1256_general_ci", CharsetKind::kEightBit, 1, 1, "windows-1256"},
    {"cp1257", "Windows Baltic", "cp1257_general_ci", CharsetKind::kEightBit, 1, 1, "windows-1257"},
    {"cp850", "DOS West European", "cp850_general_ci", CharsetKind::kEightBit, 1, 1, "ibm-850"},
    {"cp852", "DOS Central European", "cp852_general_ci", CharsetKind::kEightBit, 1, 1, "ibm-852"},
    {"cp866", "DOS Russian", "cp866_general_ci", CharsetKind::kEightBit, 1, 1, "ibm-866"},
    {"cp932", "SJIS for Windows Japanese", "cp932_japanese_ci", CharsetKind::kMultiByte, 1, 2, "windows-31j"},
    {"eucjpms", "UJIS for Windows Japanese", "eucjpms_japanese_ci", CharsetKind::kMultiByte, 1, 3, "EUC-JP"},
    {"euckr", "EUC-KR Korean", "euckr_korean_ci", CharsetKind::kMultiByte, 1, 2, "windows-949"},
    {"gb18030", "China National Standard GB18030", "gb18030_chinese_ci", CharsetKind::kMultiByte, 1, 4, "gb18030"},
    {"gb2312", "GB2312 Simplified Chinese", "gb2312_chinese_ci", CharsetKind::kMultiByte, 1, 2, "ibm-1383"},
    {"gbk", "GBK Simplified Chinese", "gbk_chinese_ci", CharsetKind::kMultiByte, 1, 2, "windows-936"},
    {"greek", "ISO 8859-7 Greek", "greek_general_ci", CharsetKind::kEightBit, 1, 1, "iso-8859-7"},
    {"hebrew", "ISO 8859-8 Hebrew", "hebrew_general_ci", CharsetKind::kEightBit, 1, 1, "iso-8859-8"},
    {"hp8", "HP West European", "hp8_english_ci", CharsetKind::kEightBit, 1, 1, "hp-roman8"},
    {"koi8r", "KOI8-R Relcom Russian", "koi8r_general_ci", CharsetKind::kEightBit, 1, 1, "koi8-r"},
    {"koi8u", "KOI8-U Ukrainian", "koi8u_general_ci", CharsetKind::kEightBit, 1, 1, "koi8-u"},
    {"latin1", "cp1252 West European", "latin1_swedish_ci", CharsetKind::kEightBit, 1, 1, nullptr},
    {"latin2", "ISO 8859-2 Central European", "latin2_general_ci", CharsetKind::kEightBit, 1, 1, "iso-8859-2"},
    {"latin5", "ISO 8859-9 Turkish", "latin5_turkish_ci", CharsetKind::kEightBit, 1, 1, "iso-8859-9"},
    {"latin7", "ISO 8859-13 Baltic", "latin7_general_ci", CharsetKind::kEightBit, 1, 1, "iso-8859-13"},
    {"macce", "Mac Central European", "macce_general_ci", CharsetKind::kEightBit, 1, 1, "x-mac-centraleurroman"},
    {"macroman", "Mac West European", "macroman_general_ci", CharsetKind::kEightBit, 1, 1, "macintosh"},
    {"sjis", "Shift-JIS Japanese", "sjis_japanese_ci", CharsetKind::kMultiByte, 1, 2, "Shift_JIS"},
    {"tis620", "TIS620 Thai", "tis620_thai_ci", CharsetKind::kEightBit, 1, 1, "tis-620"},
    {"ucs2", "UCS-2 Unicode", "ucs2_general_ci", CharsetKind::kUcs2, 2, 2, nullptr},
    {"ujis", "EUC-JP Japanese", "ujis_japanese_ci", CharsetKind::kMultiByte, 1, 3, "EUC-JP"},
    {"utf16", "UTF-16 Unicode", "utf16_general_ci", CharsetKind::kUtf16, 2, 4, nullptr},
    {"utf16le", "UTF-16LE Unicode", "utf16le_general_ci", CharsetKind::kUtf16le, 2, 4, nullptr},
    {"utf32", "UTF-32 Unicode", "utf32_general_ci", CharsetKind::kUtf32, 4, 4, nullptr},
    {"utf8mb3", "UTF-8 Unicode", "utf8mb3_general_ci", CharsetKind::kUtf8mb3, 1, 3, nullptr},
    {"utf8mb4", "UTF-8 Unicode", "utf8mb4_0900_ai_ci", CharsetKind::kUtf8mb4, 1, 4, nullptr},
};
// clang-format on

inline constexpr const Charset* CharsetNamed(std::string_view name) {
  for (const Charset& charset : kCharsets) {
    if (name == charset.name) return &charset;
  }
  return nullptr;
}

}  // namespace sixfold::types
