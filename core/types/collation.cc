// The table of collations, and the questions answered from it.
#include "core/types/collation.h"

#include <iterator>

#include "core/base/check.h"
#include "core/types/charset_table.h"
#include "core/types/collation_ops.h"

namespace sixfold::types {
namespace {

constexpr bool kDefault = true;
constexpr bool kOther = false;
constexpr bool kPads = true;
constexpr bool kNoPad = false;

// id, name, charset, default, pads, sortlen, ops, locale, levels
// clang-format off
constexpr Collation kCollations[] = {
    {32, "armscii8_general_ci", CharsetNamed("armscii8"), kDefault, kPads, 1, &kGeneralOps, "", 1},
    {64, "armscii8_bin", CharsetNamed("armscii8"), kOther, kPads, 1, &kByteOps, "", 1},
    {11, "ascii_general_ci", CharsetNamed("ascii"), kDefault, kPads, 1, &kAsciiCiOps, "", 1},
    {65, "ascii_bin", CharsetNamed("ascii"), kOther, kPads, 1, &kByteOps, "", 1},
    {1, "big5_chinese_ci", CharsetNamed("big5"), kDefault, kPads, 1, &kMultiByteCiOps, "", 1},
    {84, "big5_bin", CharsetNamed("big5"), kOther, kPads, 1, &kByteOps, "", 1},
    {63, "binary", CharsetNamed("binary"), kDefault, kNoPad, 1, &kByteOps, "", 1},
    {26, "cp1250_general_ci", CharsetNamed("cp1250"), kDefault, kPads, 1, &kGeneralOps, "", 1},
    {66, "cp1250_bin", CharsetNamed("cp1250"), kOther, kPads, 1, &kByteOps, "", 1},
    {34, "cp1250_czech_cs", CharsetNamed("cp1250"), kOther, kPads, 2, &kUcaOps, "cs", 3},
    {44, "cp1250_croatian_ci", CharsetNamed("cp1250"), kOther, kPads, 1, &kUcaOps, "hr", 1},
    {99, "cp1250_polish_ci", CharsetNamed("cp1250"), kOther, kPads, 1, &kUcaOps, "pl", 1},
    {50, "cp1251_bin", CharsetNamed("cp1251"), kOther, kPads, 1, &kByteOps, "", 1},
    {51, "cp1251_general_ci", CharsetNamed("cp1251"), kDefault, kPads, 1, &kGeneralOps, "", 1},
    {14, "cp1251_bulgarian_ci", CharsetNamed("cp1251"), kOther, kPads, 1, &kUcaOps, "bg", 1},
    {23, "cp1251_ukrainian_ci", CharsetNamed("cp1251"), kOther, kPads, 1, &kUcaOps, "uk", 1},
    {52, "cp1251_general_cs", CharsetNamed("cp1251"), kOther, kPads, 1, &kUcaOps, "ru", 3},
    {57, "cp1256_general_ci", CharsetNamed("cp1256"), kDefault, kPads, 1, &kGeneralOps, "", 1},
    {67, "cp1256_bin", CharsetNamed("cp1256"), kOther, kPads, 1, &kByteOps, "", 1},
    {58, "cp1257_bin", CharsetNamed("cp1257"), kOther, kPads, 1, &kByteOps, "", 1},
    {59, "cp1257_general_ci", CharsetNamed("cp1257"), kDefault, kPads, 1, &kGeneralOps, "", 1},
    {29, "cp1257_lithuanian_ci", CharsetNamed("cp1257"), kOther, kPads, 1, &kUcaOps, "lt", 1},
    {4, "cp850_general_ci", CharsetNamed("cp850"), kDefault, kPads, 1, &kGeneralOps, "", 1},
    {80, "cp850_bin", CharsetNamed("cp850"), kOther, kPads, 1, &kByteOps, "", 1},
    {40, "cp852_general_ci", CharsetNamed("cp852"), kDefault, kPads, 1, &kGeneralOps, "", 1},
    {81, "cp852_bin", CharsetNamed("cp852"), kOther, kPads, 1, &kByteOps, "", 1},
    {36, "cp866_general_ci", CharsetNamed("cp866"), kDefault, kPads, 1, &kGeneralOps, "", 1},
    {68, "cp866_bin", CharsetNamed("cp866"), kOther, kPads, 1, &kByteOps, "", 1},
    {95, "cp932_japanese_ci", CharsetNamed("cp932"), kDefault, kPads, 1, &kMultiByteCiOps, "", 1},
    {96, "cp932_bin", CharsetNamed("cp932"), kOther, kPads, 1, &kByteOps, "", 1},
    {97, "eucjpms_japanese_ci", CharsetNamed("eucjpms"), kDefault, kPads, 1, &kMultiByteCiOps, "", 1},
    {98, "eucjpms_bin", CharsetNamed("eucjpms"), kOther, kPads, 1, &kByteOps, "", 1},
    {19, "euckr_korean_ci", CharsetNamed("euckr"), kDefault, kPads, 1, &kMultiByteCiOps, "", 1},
    {85, "euckr_bin", CharsetNamed("euckr"), kOther, kPads, 1, &kByteOps, "", 1},
    {248, "gb18030_chinese_ci", CharsetNamed("gb18030"), kDefault, kPads, 2, &kMultiByteCiOps, "", 1},
    {249, "gb18030_bin", CharsetNamed("gb18030"), kOther, kPads, 1, &kByteOps, "", 1},
    {250, "gb18030_unicode_520_ci", CharsetNamed("gb18030"), kOther, kPads, 8, &kUcaOps, "", 1},
    {24, "gb2312_chinese_ci", CharsetNamed("gb2312"), kDefault, kPads, 1, &kMultiByteCiOps, "", 1},
    {86, "gb2312_bin", CharsetNamed("gb2312"), kOther, kPads, 1, &kByteOps, "", 1},
    {28, "gbk_chinese_ci", CharsetNamed("gbk"), kDefault, kPads, 1, &kMultiByteCiOps, "", 1},
    {87, "gbk_bin", CharsetNamed("gbk"), kOther, kPads, 1, &kByteOps, "", 1},
    {25, "greek_general_ci", CharsetNamed("greek"), kDefault, kPads, 1, &kGeneralOps, "", 1},
    {70, "greek_bin", CharsetNamed("greek"), kOther, kPads, 1, &kByteOps, "", 1},
    {16, "hebrew_general_ci", CharsetNamed("hebrew"), kDefault, kPads, 1, &kGeneralOps, "", 1},
    {71, "hebrew_bin", CharsetNamed("hebrew"), kOther, kPads, 1, &kByteOps, "", 1},
    {6, "hp8_english_ci", CharsetNamed("hp8"), kDefault, kPads, 1, &kGeneralOps, "", 1},
    {72, "hp8_bin", CharsetNamed("hp8"), kOther, kPads, 1, &kByteOps, "", 1},
    {7, "koi8r_general_ci", CharsetNamed("koi8r"), kDefault, kPads, 1, &kGeneralOps, "", 1},
    {74, "koi8r_bin", CharsetNamed("koi8r"), kOther, kPads, 1, &kByteOps, "", 1},
    {22, "koi8u_general_ci", CharsetNamed("koi8u"), kDefault, kPads, 1, &kGeneralOps, "", 1},
    {75, "koi8u_bin", CharsetNamed("koi8u"), kOther, kPads, 1, &kByteOps, "", 1},
    {5, "latin1_german1_ci", CharsetNamed("latin1"), kOther, kPads, 1, &kGeneralOps, "", 1},
    {8, "latin1_swedish_ci", CharsetNamed("latin1"), kDefault, kPads, 1, &kLatin1SwedishOps, "", 1},
    {15, "latin1_danish_ci", CharsetNamed("latin1"), kOther, kPads, 1, &kLatin1SwedishOps, "", 1},
    {31, "latin1_german2_ci", CharsetNamed("latin1"), kOther, kPads, 2, &kGeneralOps, "", 1},
    {47, "latin1_bin", CharsetNamed("latin1"), kOther, kPads, 1, &kByteOps, "", 1},
    {48, "latin1_general_ci", CharsetNamed("latin1"), kOther, kPads, 1, &kLatin1GeneralCiOps, "", 1},
    {49, "latin1_general_cs", CharsetNamed("latin1"), kOther, kPads, 1, &kLatin1GeneralCsOps, "", 1},
    {94, "latin1_spanish_ci", CharsetNamed("latin1"), kOther, kPads, 1, &kGeneralOps, "", 1},
    {9, "latin2_general_ci", CharsetNamed("latin2"), kDefault, kPads, 1, &kGeneralOps, "", 1},
    {77, "latin2_bin", CharsetNamed("latin2"), kOther, kPads, 1, &kByteOps, "", 1},
    {2, "latin2_czech_cs", CharsetNamed("latin2"), kOther, kPads, 4, &kUcaOps, "cs", 3},
    {21, "latin2_hungarian_ci", CharsetNamed("latin2"), kOther, kPads, 1, &kUcaOps, "hu", 1},
    {27, "latin2_croatian_ci", CharsetNamed("latin2"), kOther, kPads, 1, &kUcaOps, "hr", 1},
    {30, "latin5_turkish_ci", CharsetNamed("latin5"), kDefault, kPads, 1, &kGeneralOps, "", 1},
    {78, "latin5_bin", CharsetNamed("latin5"), kOther, kPads, 1, &kByteOps, "", 1},
    {41, "latin7_general_ci", CharsetNamed("latin7"), kDefault, kPads, 1, &kGeneralOps, "", 1},
    {42, "latin7_general_cs", CharsetNamed("latin7"), kOther, kPads, 1, &kByteOps, "", 1},
    {79, "latin7_bin", CharsetNamed("latin7"), kOther, kPads, 1, &kByteOps, "", 1},
    {20, "latin7_estonian_cs", CharsetNamed("latin7"), kOther, kPads, 1, &kUcaOps, "et", 3},
    {38, "macce_general_ci", CharsetNamed("macce"), kDefault, kPads, 1, &kGeneralOps, "", 1},
    {43, "macce_bin", CharsetNamed("macce"), kOther, kPads, 1, &kByteOps, "", 1},
    {39, "macroman_general_ci", CharsetNamed("macroman"), kDefault, kPads, 1, &kGeneralOps, "", 1},
    {53, "macroman_bin", CharsetNamed("macroman"), kOther, kPads, 1, &kByteOps, "", 1},
    {13, "sjis_japanese_ci", CharsetNamed("sjis"), kDefault, kPads, 1, &kMultiByteCiOps, "", 1},
    {88, "sjis_bin", CharsetNamed("sjis"), kOther, kPads, 1, &kByteOps, "", 1},
    {18, "tis620_thai_ci", CharsetNamed("tis620"), kDefault, kPads, 4, &kGeneralOps, "", 1},
    {89, "tis620_bin", CharsetNamed("tis620"), kOther, kPads, 1, &kByteOps, "", 1},
    {35, "ucs2_general_ci", CharsetNamed("ucs2"), kDefault, kPads, 1, &kGeneralOps, "", 1},
    {90, "ucs2_bin", CharsetNamed("ucs2"), kOther, kPads, 1, &kCodePointOps, "", 1},
    {128, "ucs2_unicode_ci", CharsetNamed("ucs2"), kOther, kPads, 8, &kUcaOps, "", 1},
    {129, "ucs2_icelandic_ci", CharsetNamed("ucs2"), kOther, kPads, 8, &kUcaOps, "is", 1},
    {130, "ucs2_latvian_ci", CharsetNamed("ucs2"), kOther, kPads, 8, &kUcaOps, "lv", 1},
    {131, "ucs2_romanian_ci", CharsetNamed("ucs2"), kOther, kPads, 8, &kUcaOps, "ro", 1},
    {132, "ucs2_slovenian_ci", CharsetNamed("ucs2"), kOther, kPads, 8, &kUcaOps, "sl", 1},
    {133, "ucs2_polish_ci", CharsetNamed("ucs2"), kOther, kPads, 8, &kUcaOps, "pl", 1},
    {134, "ucs2_estonian_ci", CharsetNamed("ucs2"), kOther, kPads, 8, &kUcaOps, "et", 1},
    {135, "ucs2_spanish_ci", CharsetNamed("ucs2"), kOther, kPads, 8, &kUcaOps, "es", 1},
    {136, "ucs2_swedish_ci", CharsetNamed("ucs2"), kOther, kPads, 8, &kUcaOps, "sv", 1},
    {137, "ucs2_turkish_ci", CharsetNamed("ucs2"), kOther, kPads, 8, &kUcaOps, "tr", 1},
    {138, "ucs2_czech_ci", CharsetNamed("ucs2"), kOther, kPads, 8, &kUcaOps, "cs", 1},
    {139, "ucs2_danish_ci", CharsetNamed("ucs2"), kOther, kPads, 8, &kUcaOps, "da", 1},
    {140, "ucs2_lithuanian_ci", CharsetNamed("ucs2"), kOther, kPads, 8, &kUcaOps, "lt", 1},
    {141, "ucs2_slovak_ci", CharsetNamed("ucs2"), kOther, kPads, 8, &kUcaOps, "sk", 1},
    {142, "ucs2_spanish2_ci", CharsetNamed("ucs2"), kOther, kPads, 8, &kUcaOps, "es@collation=traditional", 1},
    {143, "ucs2_roman_ci", CharsetNamed("ucs2"), kOther, kPads, 8, &kUcaOps, "", 1},
    {144, "ucs2_persian_ci", CharsetNamed("ucs2"), kOther, kPads, 8, &kUcaOps, "fa", 1},
    {145, "ucs2_esperanto_ci", CharsetNamed("ucs2"), kOther, kPads, 8, &kUcaOps, "eo", 1},
    {146, "ucs2_hungarian_ci", CharsetNamed("ucs2"), kOther, kPads, 8, &kUcaOps, "hu", 1},
    {147, "ucs2_sinhala_ci", CharsetNamed("ucs2"), kOther, kPads, 8, &kUcaOps, "si", 1},
    {148, "ucs2_german2_ci", CharsetNamed("ucs2"), kOther, kPads, 8, &kUcaOps, "de@collation=phonebook", 1},
    {149, "ucs2_croatian_ci", CharsetNamed("ucs2"), kOther, kPads, 8, &kUcaOps, "hr", 1},
    {150, "ucs2_unicode_520_ci", CharsetNamed("ucs2"), kOther, kPads, 8, &kUcaOps, "", 1},
    {151, "ucs2_vietnamese_ci", CharsetNamed("ucs2"), kOther, kPads, 8, &kUcaOps, "vi", 1},
    {12, "ujis_japanese_ci", CharsetNamed("ujis"), kDefault, kPads, 1, &kMultiByteCiOps, "", 1},
    {91, "ujis_bin", CharsetNamed("ujis"), kOther, kPads, 1, &kByteOps, "", 1},
    {54, "utf16_general_ci", CharsetNamed("utf16"), kDefault, kPads, 1, &kGeneralOps, "", 1},
    {55, "utf16_bin", CharsetNamed("utf16"), kOther, kPads, 1, &kCodePointOps, "", 1},
    {101, "utf16_unicode_ci", CharsetNamed("utf16"), kOther, kPads, 8, &kUcaOps, "", 1},
    {102, "utf16_icelandic_ci", CharsetNamed("utf16"), kOther, kPads, 8, &kUcaOps, "is", 1},
    {103, "utf16_latvian_ci", CharsetNamed("utf16"), kOther, kPads, 8, &kUcaOps, "lv", 1},
    {104, "utf16_romanian_ci", CharsetNamed("utf16"), kOther, kPads, 8, &kUcaOps, "ro", 1},
    {105, "utf16_slovenian_ci", CharsetNamed("utf16"), kOther, kPads, 8, &kUcaOps, "sl", 1},
    {106, "utf16_polish_ci", CharsetNamed("utf16"), kOther, kPads, 8, &kUcaOps, "pl", 1},
    {107, "utf16_estonian_ci", CharsetNamed("utf16"), kOther, kPads, 8, &kUcaOps, "et", 1},
    {108, "utf16_spanish_ci", CharsetNamed("utf16"), kOther, kPads, 8, &kUcaOps, "es", 1},
    {109, "utf16_swedish_ci", CharsetNamed("utf16"), kOther, kPads, 8, &kUcaOps, "sv", 1},
    {110, "utf16_turkish_ci", CharsetNamed("utf16"), kOther, kPads, 8, &kUcaOps, "tr", 1},
    {111, "utf16_czech_ci", CharsetNamed("utf16"), kOther, kPads, 8, &kUcaOps, "cs", 1},
    {112, "utf16_danish_ci", CharsetNamed("utf16"), kOther, kPads, 8, &kUcaOps, "da", 1},
    {113, "utf16_lithuanian_ci", CharsetNamed("utf16"), kOther, kPads, 8, &kUcaOps, "lt", 1},
    {114, "utf16_slovak_ci", CharsetNamed("utf16"), kOther, kPads, 8, &kUcaOps, "sk", 1},
    {115, "utf16_spanish2_ci", CharsetNamed("utf16"), kOther, kPads, 8, &kUcaOps, "es@collation=traditional", 1},
    {116, "utf16_roman_ci", CharsetNamed("utf16"), kOther, kPads, 8, &kUcaOps, "", 1},
    {117, "utf16_persian_ci", CharsetNamed("utf16"), kOther, kPads, 8, &kUcaOps, "fa", 1},
    {118, "utf16_esperanto_ci", CharsetNamed("utf16"), kOther, kPads, 8, &kUcaOps, "eo", 1},
    {119, "utf16_hungarian_ci", CharsetNamed("utf16"), kOther, kPads, 8, &kUcaOps, "hu", 1},
    {120, "utf16_sinhala_ci", CharsetNamed("utf16"), kOther, kPads, 8, &kUcaOps, "si", 1},
    {121, "utf16_german2_ci", CharsetNamed("utf16"), kOther, kPads, 8, &kUcaOps, "de@collation=phonebook", 1},
    {122, "utf16_croatian_ci", CharsetNamed("utf16"), kOther, kPads, 8, &kUcaOps, "hr", 1},
    {123, "utf16_unicode_520_ci", CharsetNamed("utf16"), kOther, kPads, 8, &kUcaOps, "", 1},
    {124, "utf16_vietnamese_ci", CharsetNamed("utf16"), kOther, kPads, 8, &kUcaOps, "vi", 1},
    {56, "utf16le_general_ci", CharsetNamed("utf16le"), kDefault, kPads, 1, &kGeneralOps, "", 1},
    {62, "utf16le_bin", CharsetNamed("utf16le"), kOther, kPads, 1, &kCodePointOps, "", 1},
    {60, "utf32_general_ci", CharsetNamed("utf32"), kDefault, kPads, 1, &kGeneralOps, "", 1},
    {61, "utf32_bin", CharsetNamed("utf32"), kOther, kPads, 1, &kCodePointOps, "", 1},
    {160, "utf32_unicode_ci", CharsetNamed("utf32"), kOther, kPads, 8, &kUcaOps, "", 1},
    {161, "utf32_icelandic_ci", CharsetNamed("utf32"), kOther, kPads, 8, &kUcaOps, "is", 1},
    {162, "utf32_latvian_ci", CharsetNamed("utf32"), kOther, kPads, 8, &kUcaOps, "lv", 1},
    {163, "utf32_romanian_ci", CharsetNamed("utf32"), kOther, kPads, 8, &kUcaOps, "ro", 1},
    {164, "utf32_slovenian_ci", CharsetNamed("utf32"), kOther, kPads, 8, &kUcaOps, "sl", 1},
    {165, "utf32_polish_ci", CharsetNamed("utf32"), kOther, kPads, 8, &kUcaOps, "pl", 1},
    {166, "utf32_estonian_ci", CharsetNamed("utf32"), kOther, kPads, 8, &kUcaOps, "et", 1},
    {167, "utf32_spanish_ci", CharsetNamed("utf32"), kOther, kPads, 8, &kUcaOps, "es", 1},
    {168, "utf32_swedish_ci", CharsetNamed("utf32"), kOther, kPads, 8, &kUcaOps, "sv", 1},
    {169, "utf32_turkish_ci", CharsetNamed("utf32"), kOther, kPads, 8, &kUcaOps, "tr", 1},
    {170, "utf32_czech_ci", CharsetNamed("utf32"), kOther, kPads, 8, &kUcaOps, "cs", 1},
    {171, "utf32_danish_ci", CharsetNamed("utf32"), kOther, kPads, 8, &kUcaOps, "da", 1},
    {172, "utf32_lithuanian_ci", CharsetNamed("utf32"), kOther, kPads, 8, &kUcaOps, "lt", 1},
    {173, "utf32_slovak_ci", CharsetNamed("utf32"), kOther, kPads, 8, &kUcaOps, "sk", 1},
    {174, "utf32_spanish2_ci", CharsetNamed("utf32"), kOther, kPads, 8, &kUcaOps, "es@collation=traditional", 1},
    {175, "utf32_roman_ci", CharsetNamed("utf32"), kOther, kPads, 8, &kUcaOps, "", 1},
    {176, "utf32_persian_ci", CharsetNamed("utf32"), kOther, kPads, 8, &kUcaOps, "fa", 1},
    {177, "utf32_esperanto_ci", CharsetNamed("utf32"), kOther, kPads, 8, &kUcaOps, "eo", 1},
    {178, "utf32_hungarian_ci", CharsetNamed("utf32"), kOther, kPads, 8, &kUcaOps, "hu", 1},
    {179, "utf32_sinhala_ci", CharsetNamed("utf32"), kOther, kPads, 8, &kUcaOps, "si", 1},
    {180, "utf32_german2_ci", CharsetNamed("utf32"), kOther, kPads, 8, &kUcaOps, "de@collation=phonebook", 1},
    {181, "utf32_croatian_ci", CharsetNamed("utf32"), kOther, kPads, 8, &kUcaOps, "hr", 1},
    {182, "utf32_unicode_520_ci", CharsetNamed("utf32"), kOther, kPads, 8, &kUcaOps, "", 1},
    {183, "utf32_vietnamese_ci", CharsetNamed("utf32"), kOther, kPads, 8, &kUcaOps, "vi", 1},
    {33, "utf8mb3_general_ci", CharsetNamed("utf8mb3"), kDefault, kPads, 1, &kGeneralOps, "", 1},
    {76, "utf8mb3_tolower_ci", CharsetNamed("utf8mb3"), kOther, kPads, 1, &kGeneralOps, "", 1},
    {83, "utf8mb3_bin", CharsetNamed("utf8mb3"), kOther, kPads, 1, &kByteOps, "", 1},
    {192, "utf8mb3_unicode_ci", CharsetNamed("utf8mb3"), kOther, kPads, 8, &kUcaOps, "", 1},
    {193, "utf8mb3_icelandic_ci", CharsetNamed("utf8mb3"), kOther, kPads, 8, &kUcaOps, "is", 1},
    {194, "utf8mb3_latvian_ci", CharsetNamed("utf8mb3"), kOther, kPads, 8, &kUcaOps, "lv", 1},
    {195, "utf8mb3_romanian_ci", CharsetNamed("utf8mb3"), kOther, kPads, 8, &kUcaOps, "ro", 1},
    {196, "utf8mb3_slovenian_ci", CharsetNamed("utf8mb3"), kOther, kPads, 8, &kUcaOps, "sl", 1},
    {197, "utf8mb3_polish_ci", CharsetNamed("utf8mb3"), kOther, kPads, 8, &kUcaOps, "pl", 1},
    {198, "utf8mb3_estonian_ci", CharsetNamed("utf8mb3"), kOther, kPads, 8, &kUcaOps, "et", 1},
    {199, "utf8mb3_spanish_ci", CharsetNamed("utf8mb3"), kOther, kPads, 8, &kUcaOps, "es", 1},
    {200, "utf8mb3_swedish_ci", CharsetNamed("utf8mb3"), kOther, kPads, 8, &kUcaOps, "sv", 1},
    {201, "utf8mb3_turkish_ci", CharsetNamed("utf8mb3"), kOther, kPads, 8, &kUcaOps, "tr", 1},
    {202, "utf8mb3_czech_ci", CharsetNamed("utf8mb3"), kOther, kPads, 8, &kUcaOps, "cs", 1},
    {203, "utf8mb3_danish_ci", CharsetNamed("utf8mb3"), kOther, kPads, 8, &kUcaOps, "da", 1},
    {204, "utf8mb3_lithuanian_ci", CharsetNamed("utf8mb3"), kOther, kPads, 8, &kUcaOps, "lt", 1},
    {205, "utf8mb3_slovak_ci", CharsetNamed("utf8mb3"), kOther, kPads, 8, &kUcaOps, "sk", 1},
    {206, "utf8mb3_spanish2_ci", CharsetNamed("utf8mb3"), kOther, kPads, 8, &kUcaOps, "es@collation=traditional", 1},
    {207, "utf8mb3_roman_ci", CharsetNamed("utf8mb3"), kOther, kPads, 8, &kUcaOps, "", 1},
    {208, "utf8mb3_persian_ci", CharsetNamed("utf8mb3"), kOther, kPads, 8, &kUcaOps, "fa", 1},
    {209, "utf8mb3_esperanto_ci", CharsetNamed("utf8mb3"), kOther, kPads, 8, &kUcaOps, "eo", 1},
    {210, "utf8mb3_hungarian_ci", CharsetNamed("utf8mb3"), kOther, kPads, 8, &kUcaOps, "hu", 1},
    {211, "utf8mb3_sinhala_ci", CharsetNamed("utf8mb3"), kOther, kPads, 8, &kUcaOps, "si", 1},
    {212, "utf8mb3_german2_ci", CharsetNamed("utf8mb3"), kOther, kPads, 8, &kUcaOps, "de@collation=phonebook", 1},
    {213, "utf8mb3_croatian_ci", CharsetNamed("utf8mb3"), kOther, kPads, 8, &kUcaOps, "hr", 1},
    {214, "utf8mb3_unicode_520_ci", CharsetNamed("utf8mb3"), kOther, kPads, 8, &kUcaOps, "", 1},
    {215, "utf8mb3_vietnamese_ci", CharsetNamed("utf8mb3"), kOther, kPads, 8, &kUcaOps, "vi", 1},
    {223, "utf8mb3_general_mysql500_ci", CharsetNamed("utf8mb3"), kOther, kPads, 1, &kGeneralOps, "", 1},
    {45, "utf8mb4_general_ci", CharsetNamed("utf8mb4"), kOther, kPads, 1, &kGeneralOps, "", 1},
    {46, "utf8mb4_bin", CharsetNamed("utf8mb4"), kOther, kPads, 1, &kByteOps, "", 1},
    {224, "utf8mb4_unicode_ci", CharsetNamed("utf8mb4"), kOther, kPads, 8, &kUcaOps, "", 1},
    {225, "utf8mb4_icelandic_ci", CharsetNamed("utf8mb4"), kOther, kPads, 8, &kUcaOps, "is", 1},
    {226, "utf8mb4_latvian_ci", CharsetNamed("utf8mb4"), kOther, kPads, 8, &kUcaOps, "lv", 1},
    {227, "utf8mb4_romanian_ci", CharsetNamed("utf8mb4"), kOther, kPads, 8, &kUcaOps, "ro", 1},
    {228, "utf8mb4_slovenian_ci", CharsetNamed("utf8mb4"), kOther, kPads, 8, &kUcaOps, "sl", 1},
    {229, "utf8mb4_polish_ci", CharsetNamed("utf8mb4"), kOther, kPads, 8, &kUcaOps, "pl", 1},
    {230, "utf8mb4_estonian_ci", CharsetNamed("utf8mb4"), kOther, kPads, 8, &kUcaOps, "et", 1},
    {231, "utf8mb4_spanish_ci", CharsetNamed("utf8mb4"), kOther, kPads, 8, &kUcaOps, "es", 1},
    {232, "utf8mb4_swedish_ci", CharsetNamed("utf8mb4"), kOther, kPads, 8, &kUcaOps, "sv", 1},
    {233, "utf8mb4_turkish_ci", CharsetNamed("utf8mb4"), kOther, kPads, 8, &kUcaOps, "tr", 1},
    {234, "utf8mb4_czech_ci", CharsetNamed("utf8mb4"), kOther, kPads, 8, &kUcaOps, "cs", 1},
    {235, "utf8mb4_danish_ci", CharsetNamed("utf8mb4"), kOther, kPads, 8, &kUcaOps, "da", 1},
    {236, "utf8mb4_lithuanian_ci", CharsetNamed("utf8mb4"), kOther, kPads, 8, &kUcaOps, "lt", 1},
    {237, "utf8mb4_slovak_ci", CharsetNamed("utf8mb4"), kOther, kPads, 8, &kUcaOps, "sk", 1},
    {238, "utf8mb4_spanish2_ci", CharsetNamed("utf8mb4"), kOther, kPads, 8, &kUcaOps, "es@collation=traditional", 1},
    {239, "utf8mb4_roman_ci", CharsetNamed("utf8mb4"), kOther, kPads, 8, &kUcaOps, "", 1},
    {240, "utf8mb4_persian_ci", CharsetNamed("utf8mb4"), kOther, kPads, 8, &kUcaOps, "fa", 1},
    {241, "utf8mb4_esperanto_ci", CharsetNamed("utf8mb4"), kOther, kPads, 8, &kUcaOps, "eo", 1},
    {242, "utf8mb4_hungarian_ci", CharsetNamed("utf8mb4"), kOther, kPads, 8, &kUcaOps, "hu", 1},
    {243, "utf8mb4_sinhala_ci", CharsetNamed("utf8mb4"), kOther, kPads, 8, &kUcaOps, "si", 1},
    {244, "utf8mb4_german2_ci", CharsetNamed("utf8mb4"), kOther, kPads, 8, &kUcaOps, "de@collation=phonebook", 1},
    {245, "utf8mb4_croatian_ci", CharsetNamed("utf8mb4"), kOther, kPads, 8, &kUcaOps, "hr", 1},
    {246, "utf8mb4_unicode_520_ci", CharsetNamed("utf8mb4"), kOther, kPads, 8, &kUcaOps, "", 1},
    {247, "utf8mb4_vietnamese_ci", CharsetNamed("utf8mb4"), kOther, kPads, 8, &kUcaOps, "vi", 1},
    {255, "utf8mb4_0900_ai_ci", CharsetNamed("utf8mb4"), kDefault, kNoPad, 0, &kUcaOps, "", 1},
    {256, "utf8mb4_de_pb_0900_ai_ci", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "de@collation=phonebook", 1},
    {257, "utf8mb4_is_0900_ai_ci", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "is", 1},
    {258, "utf8mb4_lv_0900_ai_ci", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "lv", 1},
    {259, "utf8mb4_ro_0900_ai_ci", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "ro", 1},
    {260, "utf8mb4_sl_0900_ai_ci", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "sl", 1},
    {261, "utf8mb4_pl_0900_ai_ci", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "pl", 1},
    {262, "utf8mb4_et_0900_ai_ci", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "et", 1},
    {263, "utf8mb4_es_0900_ai_ci", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "es", 1},
    {264, "utf8mb4_sv_0900_ai_ci", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "sv", 1},
    {265, "utf8mb4_tr_0900_ai_ci", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "tr", 1},
    {266, "utf8mb4_cs_0900_ai_ci", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "cs", 1},
    {267, "utf8mb4_da_0900_ai_ci", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "da", 1},
    {268, "utf8mb4_lt_0900_ai_ci", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "lt", 1},
    {269, "utf8mb4_sk_0900_ai_ci", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "sk", 1},
    {270, "utf8mb4_es_trad_0900_ai_ci", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "es@collation=traditional", 1},
    {271, "utf8mb4_la_0900_ai_ci", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "", 1},
    {273, "utf8mb4_eo_0900_ai_ci", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "eo", 1},
    {274, "utf8mb4_hu_0900_ai_ci", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "hu", 1},
    {275, "utf8mb4_hr_0900_ai_ci", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "hr", 1},
    {277, "utf8mb4_vi_0900_ai_ci", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "vi", 1},
    {278, "utf8mb4_0900_as_cs", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "", 3},
    {279, "utf8mb4_de_pb_0900_as_cs", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "de@collation=phonebook", 3},
    {280, "utf8mb4_is_0900_as_cs", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "is", 3},
    {281, "utf8mb4_lv_0900_as_cs", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "lv", 3},
    {282, "utf8mb4_ro_0900_as_cs", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "ro", 3},
    {283, "utf8mb4_sl_0900_as_cs", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "sl", 3},
    {284, "utf8mb4_pl_0900_as_cs", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "pl", 3},
    {285, "utf8mb4_et_0900_as_cs", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "et", 3},
    {286, "utf8mb4_es_0900_as_cs", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "es", 3},
    {287, "utf8mb4_sv_0900_as_cs", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "sv", 3},
    {288, "utf8mb4_tr_0900_as_cs", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "tr", 3},
    {289, "utf8mb4_cs_0900_as_cs", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "cs", 3},
    {290, "utf8mb4_da_0900_as_cs", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "da", 3},
    {291, "utf8mb4_lt_0900_as_cs", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "lt", 3},
    {292, "utf8mb4_sk_0900_as_cs", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "sk", 3},
    {293, "utf8mb4_es_trad_0900_as_cs", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "es@collation=traditional", 3},
    {294, "utf8mb4_la_0900_as_cs", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "", 3},
    {296, "utf8mb4_eo_0900_as_cs", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "eo", 3},
    {297, "utf8mb4_hu_0900_as_cs", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "hu", 3},
    {298, "utf8mb4_hr_0900_as_cs", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "hr", 3},
    {300, "utf8mb4_vi_0900_as_cs", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "vi", 3},
    {303, "utf8mb4_ja_0900_as_cs", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "ja", 3},
    {304, "utf8mb4_ja_0900_as_cs_ks", CharsetNamed("utf8mb4"), kOther, kNoPad, 24, &kUcaOps, "ja", 3},
    {305, "utf8mb4_0900_as_ci", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "", 2},
    {306, "utf8mb4_ru_0900_ai_ci", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "ru", 1},
    {307, "utf8mb4_ru_0900_as_cs", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "ru", 3},
    {308, "utf8mb4_zh_0900_as_cs", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "zh", 3},
    {309, "utf8mb4_0900_bin", CharsetNamed("utf8mb4"), kOther, kNoPad, 1, &kByteOps, "", 1},
    {310, "utf8mb4_nb_0900_ai_ci", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "nb", 1},
    {311, "utf8mb4_nb_0900_as_cs", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "nb", 3},
    {312, "utf8mb4_nn_0900_ai_ci", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "nn", 1},
    {313, "utf8mb4_nn_0900_as_cs", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "nn", 3},
    {314, "utf8mb4_sr_latn_0900_ai_ci", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "sr_Latn", 1},
    {315, "utf8mb4_sr_latn_0900_as_cs", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "sr_Latn", 3},
    {316, "utf8mb4_bs_0900_ai_ci", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "bs", 1},
    {317, "utf8mb4_bs_0900_as_cs", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "bs", 3},
    {318, "utf8mb4_bg_0900_ai_ci", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "bg", 1},
    {319, "utf8mb4_bg_0900_as_cs", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "bg", 3},
    {320, "utf8mb4_gl_0900_ai_ci", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "gl", 1},
    {321, "utf8mb4_gl_0900_as_cs", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "gl", 3},
    {322, "utf8mb4_mn_cyrl_0900_ai_ci", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "mn", 1},
    {323, "utf8mb4_mn_cyrl_0900_as_cs", CharsetNamed("utf8mb4"), kOther, kNoPad, 0, &kUcaOps, "mn", 3},
};
// clang-format on

constexpr const Collation& CollationNamed(std::string_view name) {
  for (const Collation& collation : kCollations) {
    if (name == collation.name) return collation;
  }
  throw "no such collation";
}

constexpr uint16_t kMaxId = 323;

constexpr std::array<const Collation*, kMaxId + 1> IndexById() {
  std::array<const Collation*, kMaxId + 1> index{};
  for (const Collation& collation : kCollations) index[collation.id] = &collation;
  return index;
}
constexpr auto kById = IndexById();

}  // namespace

constinit const Collation& kUtf8mb4Collation = CollationNamed("utf8mb4_0900_ai_ci");
constinit const Collation& kUtf8mb4Bin = CollationNamed("utf8mb4_bin");
constinit const Collation& kUtf8mb3Collation = CollationNamed("utf8mb3_general_ci");
constinit const Collation& kBinaryCollation = CollationNamed("binary");

bool Collation::ComparesBytes() const { return ops == &kByteOps || ops == &kCodePointOps; }

int Collation::Compare(std::string_view a, std::string_view b) const {
  return ops->compare(*this, a, b);
}

bool Collation::Equal(std::string_view a, std::string_view b) const {
  if (a == b) return true;
  return !(ops == &kByteOps && !pad_space) && ops->compare(*this, a, b) == 0;
}

uint64_t Collation::Hash(std::string_view text) const { return ops->hash(*this, text); }

void Collation::AppendSortKey(std::string_view text, std::string* out) const {
  ops->sort_key(*this, text, out);
}

void Collation::AppendWeights(std::string_view text, std::string* out) const {
  ops->weights(*this, text, out);
}

bool Collation::SameChar(uint32_t a, uint32_t b) const { return ops->same_char(*this, a, b); }

const Collation* FindCollation(std::string_view name) {
  std::string with_new_prefix;
  if (name.size() > 5 && EqualsIgnoreAsciiCase(name.substr(0, 5), "utf8_")) {
    with_new_prefix = "utf8mb3_" + std::string(name.substr(5));
    name = with_new_prefix;
  }
  for (const Collation& collation : kCollations) {
    if (EqualsIgnoreAsciiCase(name, collation.name)) return &collation;
  }
  return nullptr;
}

const Collation* FindCollation(uint16_t id) { return id <= kMaxId ? kById[id] : nullptr; }

const Collation& DefaultCollation(const Charset& charset) {
  for (const Collation& collation : kCollations) {
    if (collation.charset == &charset && collation.is_default) return collation;
  }
  CHECK(false, "character set {} has no default collation", charset.name);
  return kBinaryCollation;
}

const Collation& BinCollation(const Charset& charset) {
  if (charset.kind == CharsetKind::kBinary) return kBinaryCollation;
  for (const Collation& collation : kCollations) {
    if (collation.charset == &charset && collation.ComparesBytes() && collation.pad_space)
      return collation;
  }
  return kBinaryCollation;
}

const Collation* AllCollations(size_t* count) {
  *count = std::size(kCollations);
  return kCollations;
}

}  // namespace sixfold::types
