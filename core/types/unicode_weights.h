// Collation weights per code point, in pages of 256 built on first use from ICU and immutable (and
// shared by all threads) from then on. Weights are taken one code point at a time: contractions of
// a tailoring are not applied, which keeps every comparison context free.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

struct UCollator;

namespace sixfold::types {

/// Up to three levels of non-zero 16-bit weights for each code point (UCA).
class UcaWeights {
 public:
  /// locale: ICU's name of the tailoring, "" for the root order. levels: 1 to 3.
  UcaWeights(const char* locale, int levels);
  ~UcaWeights();

  int levels() const { return levels_; }
  std::span<const uint16_t> Of(uint32_t code_point, int level) const {
    const Page* page = pages_[code_point >> 8].load(std::memory_order_acquire);
    if (page == nullptr) [[unlikely]]
      page = BuildPage(code_point >> 8);
    const Level& weights = page->levels[level];
    const uint32_t at = code_point & 0xFF;
    return {weights.values.data() + weights.offsets[at],
            weights.values.data() + weights.offsets[at + 1]};
  }
  /// The primary weight of an ASCII character (each has at most one); zero when it is ignorable.
  uint16_t ascii(unsigned char c) const { return ascii_[c]; }
  uint16_t space() const { return ascii_[' ']; }

 private:
  struct Level {
    std::array<uint16_t, 257> offsets;
    std::vector<uint16_t> values;
  };
  struct Page {
    std::array<Level, 3> levels;
  };
  static constexpr size_t kPages = 0x110000 / 256;

  const Page* BuildPage(uint32_t number) const;
  void AppendWeights(uint32_t code_point, Page* page) const;

  UCollator* collator_;
  int levels_;
  std::array<uint16_t, 128> ascii_;
  mutable std::mutex mutex_;
  mutable std::array<std::atomic<const Page*>, kPages> pages_{};
};

/// One weight a character as MySQL's *_general_ci collations have it: upper case without accents,
/// all characters beyond the basic plane alike.
class GeneralWeights {
 public:
  GeneralWeights() = default;
  ~GeneralWeights();

  uint16_t Of(uint32_t code_point) const {
    if (code_point < 128)
      return code_point >= 'a' && code_point <= 'z' ? code_point - 32 : code_point;
    if (code_point > 0xFFFF) return 0xFFFD;
    const Page* page = pages_[code_point >> 8].load(std::memory_order_acquire);
    if (page == nullptr) [[unlikely]]
      page = BuildPage(code_point >> 8);
    return (*page)[code_point & 0xFF];
  }

 private:
  using Page = std::array<uint16_t, 256>;
  const Page* BuildPage(uint32_t number) const;

  mutable std::mutex mutex_;
  mutable std::array<std::atomic<const Page*>, 256> pages_{};
};

const GeneralWeights& SharedGeneralWeights();
/// The weights of a locale, made on first use and kept for good.
const UcaWeights& SharedUcaWeights(const char* locale, int levels);

}  // namespace sixfold::types
