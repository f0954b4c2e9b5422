// CHECK stays on in release builds, prints the values it compared, and aborts. It states what the
// program itself guarantees; bytes from disk or network are input and get a Status instead.
#pragma once

#include <fmt/format.h>

#include <string>

namespace sixfold::internal {

[[noreturn]] void CheckFailed(const char* file, int line, const char* condition,
                              const std::string& detail);

}  // namespace sixfold::internal

#define CHECK(condition, ...)                                          \
  do {                                                                 \
    if (!(condition)) [[unlikely]]                                     \
      ::sixfold::internal::CheckFailed(__FILE__, __LINE__, #condition, \
                                       ::fmt::format("" __VA_ARGS__)); \
  } while (false)

#define SIXFOLD_CHECK_OP(a, op, b)                                                   \
  do {                                                                               \
    const auto& check_a = (a);                                                       \
    const auto& check_b = (b);                                                       \
    if (!(check_a op check_b)) [[unlikely]]                                          \
      ::sixfold::internal::CheckFailed(__FILE__, __LINE__, #a " " #op " " #b,        \
                                       ::fmt::format("{} vs {}", check_a, check_b)); \
  } while (false)
#define CHECK_EQ(a, b) SIXFOLD_CHECK_OP(a, ==, b)
#define CHECK_NE(a, b) SIXFOLD_CHECK_OP(a, !=, b)
#define CHECK_LE(a, b) SIXFOLD_CHECK_OP(a, <=, b)
#define CHECK_LT(a, b) SIXFOLD_CHECK_OP(a, <, b)
#define CHECK_GE(a, b) SIXFOLD_CHECK_OP(a, >=, b)
#define CHECK_GT(a, b) SIXFOLD_CHECK_OP(a, >, b)

#ifdef NDEBUG
#define DCHECK(condition, ...)    \
  do {                            \
    if (false) (void)(condition); \
  } while (false)
#else
#define DCHECK(...) CHECK(__VA_ARGS__)
#endif
