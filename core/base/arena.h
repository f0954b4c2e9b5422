// Memory that lives as long as a statement: allocate, never free one by one. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace sixfold {

class Arena {
 public:
  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  ~Arena() { RunDestructors(); }

  void* Allocate(size_t size, size_t alignment = alignof(std::max_align_t)) {
    const size_t start = (used_ + alignment - 1) & ~(alignment - 1);
    if (start + size > block_size_) return AllocateBlock(size);
    used_ = start + size;
    return block_ + start;
  }

  /// Constructs a T here; its destructor runs with the arena's where it is not trivial.
  template <typename T, typename... Args>
  T* New(Args&&... args) {
    T* object = new (Allocate(sizeof(T), alignof(T))) T(std::forward<Args>(args)...);
    if constexpr (!std::is_trivially_destructible_v<T>) {
      destructors_.push_back({object, [](void* p) { static_cast<T*>(p)->~T(); }});
    }
    return object;
  }

  std::string_view Copy(std::string_view bytes) {
    if (bytes.empty()) return {};
    char* to = static_cast<char*>(Allocate(bytes.size(), 1));
    std::memcpy(to, bytes.data(), bytes.size());
    return {to, bytes.size()};
  }

  /// Forgets everything, keeping the first block for reuse.
  void Reset();
  size_t bytes_allocated() const { return bytes_allocated_; }

 private:
  struct Destructor {
    void* object;
    void (*run)(void*);
  };
  static constexpr size_t kBlockBytes = 16 * 1024;

  void* AllocateBlock(size_t size);
  void RunDestructors();

  char* block_ = nullptr;
  size_t block_size_ = 0;
  size_t used_ = 0;
  size_t bytes_allocated_ = 0;
  std::vector<std::unique_ptr<char[]>> blocks_;
  std::vector<Destructor> destructors_;
};

}  // namespace sixfold
