// What happens when a page of a mapped file cannot be read: its disk failed, or the file was cut.
// The kernel sends SIGBUS; this turns it into an error of the read that met it.
//
//  - Inside GuardedMapCall() (every LMDB call that reads, and those that write a base) the call is
//    left and gives EIO.
//  - Elsewhere (somebody looks at bytes a call gave out) the page is replaced by zeros for this
//    process, and the range is marked faulted for good: whoever reads from it must ask faulted()
//    before the rows leave, and open the file anew later. Base rows have checksums besides.
//  - SIGBUS at any other address ends the process as ever.
//
// Only ranges that this process never writes through are guarded. Thread-safe; the handler takes no
// lock.
#pragma once

#include <setjmp.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <string>

namespace sixfold::storage {

/// Takes over SIGBUS; once, at the start of a program.
void InstallMapGuard();

/// A mapped range that is guarded while this object lives.
class GuardedRange {
 public:
  GuardedRange() = default;
  ~GuardedRange() { Clear(); }
  GuardedRange(const GuardedRange&) = delete;
  GuardedRange& operator=(const GuardedRange&) = delete;

  void Set(const void* begin, size_t bytes);
  /// Where this process maps the file (LMDB does not tell). Nothing where it does not.
  void SetToMapOf(const std::string& path);
  void Clear();
  /// Null: nothing is guarded.
  const void* begin() const { return begin_; }
  /// A page of it was replaced by zeros.
  bool faulted() const { return faulted_.load(std::memory_order_relaxed); }

 private:
  size_t slot_ = SIZE_MAX;
  const void* begin_ = nullptr;
  std::atomic<bool> faulted_ = false;
};

extern thread_local sigjmp_buf* map_guard_jump;  // where the handler leaves to; null: nowhere

/// Calls `call`, a C function or what does no more than one: it is left without unwinding. Gives
/// what it returns, or EIO.
template <typename Call>
int GuardedMapCall(Call call) {
  sigjmp_buf here;
  sigjmp_buf* const outer = map_guard_jump;
  if (sigsetjmp(here, 0) != 0) {
    map_guard_jump = outer;
    return EIO;
  }
  map_guard_jump = &here;
  std::atomic_signal_fence(std::memory_order_seq_cst);
  const int code = call();
  std::atomic_signal_fence(std::memory_order_seq_cst);
  map_guard_jump = outer;
  return code;
}

/// Reads one byte of each page, inside a guarded call: what lies there can be read afterwards.
inline void TouchPages(const void* data, size_t bytes) {
  constexpr size_t kPage = 4096;
  const volatile char* at = static_cast<const volatile char*>(data);
  for (size_t i = 0; i < bytes; i += kPage) (void)at[i];
  if (bytes > 0) (void)at[bytes - 1];
}

}  // namespace sixfold::storage
