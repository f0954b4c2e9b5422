// Weight pages from ICU's collation elements and case and decomposition data.
#include "core/types/unicode_weights.h"

#include <unicode/uchar.h>
#include <unicode/ucol.h>
#include <unicode/ucoleitr.h>
#include <unicode/unorm2.h>
#include <unicode/utf16.h>

#include <map>
#include <string>

#include "core/base/check.h"

namespace sixfold::types {
namespace {

// ICU's iterator splits a 64-bit collation element into two orders; the second carries these bits.
constexpr int32_t kContinuationBits = 0xC0;

uint16_t GeneralWeight(uint32_t code_point) {
  constexpr uint32_t kSharpS = 0xDF;
  constexpr uint32_t kShortI = 0x419;  // MySQL keeps it apart from the letter it decomposes to
  if (code_point == kSharpS) return 'S';
  const uint32_t upper = u_toupper(code_point);
  if (upper == kShortI || upper > 0xFFFF) return upper > 0xFFFF ? code_point : upper;
  if (upper >= 0xAC00 && upper < 0xD7A4) return upper;  // Hangul syllables are letters of their own
  UErrorCode status = U_ZERO_ERROR;
  const UNormalizer2* nfd = unorm2_getNFDInstance(&status);
  UChar decomposition[32];
  const int32_t length = unorm2_getDecomposition(nfd, upper, decomposition, 32, &status);
  if (U_FAILURE(status) || length <= 0) return upper;
  return u_toupper(decomposition[0]);
}

}  // namespace

UcaWeights::UcaWeights(const char* locale, int levels) : levels_(levels) {
  UErrorCode status = U_ZERO_ERROR;
  collator_ = ucol_open(locale, &status);
  CHECK(U_SUCCESS(status), "open collator {}: {}", locale, u_errorName(status));
  ucol_setStrength(collator_, UCOL_TERTIARY);
  for (uint32_t c = 0; c < ascii_.size(); ++c) {
    const auto weights = Of(c, 0);
    CHECK_LE(weights.size(), 1u);
    ascii_[c] = weights.empty() ? 0 : weights[0];
  }
}

UcaWeights::~UcaWeights() {
  for (auto& page : pages_) delete page.load();
  ucol_close(collator_);
}

const UcaWeights::Page* UcaWeights::BuildPage(uint32_t number) const {
  std::lock_guard lock(mutex_);
  if (const Page* page = pages_[number].load(std::memory_order_relaxed)) return page;
  auto page = std::make_unique<Page>();
  for (uint32_t i = 0; i < 256; ++i) {
    for (Level& level : page->levels) level.offsets[i] = level.values.size();
    AppendWeights(number * 256 + i, page.get());
  }
  for (Level& level : page->levels) level.offsets[256] = level.values.size();
  pages_[number].store(page.get(), std::memory_order_release);
  return page.release();
}

void UcaWeights::AppendWeights(uint32_t code_point, Page* page) const {
  if (U_IS_SURROGATE(code_point)) return;
  UChar text[2] = {};
  int32_t length = 0;
  UBool failed = false;
  U16_APPEND(text, length, 2, static_cast<UChar32>(code_point), failed);
  UErrorCode status = U_ZERO_ERROR;
  UCollationElements* elements = ucol_openElements(collator_, text, length, &status);
  CHECK(U_SUCCESS(status) && !failed);
  for (int32_t order; (order = ucol_next(elements, &status)) != UCOL_NULLORDER;) {
    const uint16_t primary = static_cast<uint32_t>(order) >> 16;
    const uint16_t secondary = order >> 8 & 0xFF;
    const uint16_t tertiary = order & 0xFF;
    const bool continuation = (tertiary & kContinuationBits) == kContinuationBits;
    if (primary != 0) page->levels[0].values.push_back(primary);
    if (secondary != 0) page->levels[1].values.push_back(secondary);
    if (tertiary != 0 && !continuation) page->levels[2].values.push_back(tertiary);
  }
  ucol_closeElements(elements);
}

GeneralWeights::~GeneralWeights() {
  for (auto& page : pages_) delete page.load();
}

const GeneralWeights::Page* GeneralWeights::BuildPage(uint32_t number) const {
  std::lock_guard lock(mutex_);
  if (const Page* page = pages_[number].load(std::memory_order_relaxed)) return page;
  auto page = std::make_unique<Page>();
  for (uint32_t i = 0; i < 256; ++i) (*page)[i] = GeneralWeight(number * 256 + i);
  pages_[number].store(page.get(), std::memory_order_release);
  return page.release();
}

const GeneralWeights& SharedGeneralWeights() {
  static const GeneralWeights& weights = *new GeneralWeights;
  return weights;
}

const UcaWeights& SharedUcaWeights(const char* locale, int levels) {
  static std::mutex mutex;
  static auto& all = *new std::map<std::string, std::unique_ptr<UcaWeights>>;
  std::lock_guard lock(mutex);
  auto& weights = all[locale];
  if (weights == nullptr) weights = std::make_unique<UcaWeights>(locale, levels);
  return *weights;
}

}  // namespace sixfold::types
