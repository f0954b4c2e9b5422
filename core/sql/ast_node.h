// What all parts of the syntax tree share: arena lists, identifiers, source spans, checked casts.
//
// The tree is made of plain structs in an Arena: children are raw pointers that live as long as
// the arena, strings are views into the arena or into the statement's text (the caller keeps the
// text alive as long as the tree). Every struct is trivially destructible, so dropping a tree is
// dropping its arena. After parsing nobody changes a tree: a prepared statement is resolved many
// times from the same one.
//
// Each family (Expression, QueryBody, TableReference, Statement) has an enum class Kind and each
// struct of it a static kKind; As<T>() casts and checks.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

#include "core/base/arena.h"
#include "core/base/check.h"

namespace sixfold::sql {

/// A growing array in an arena. Copies are shallow.
template <typename T>
class List {
 public:
  void Add(Arena* arena, T item) {
    if (size_ == capacity_) Grow(arena);
    data_[size_++] = item;
  }
  bool empty() const { return size_ == 0; }
  size_t size() const { return size_; }
  T& operator[](size_t i) { return data_[i]; }
  const T& operator[](size_t i) const { return data_[i]; }
  T& back() { return data_[size_ - 1]; }
  const T& back() const { return data_[size_ - 1]; }
  T* begin() { return data_; }
  T* end() { return data_ + size_; }
  const T* begin() const { return data_; }
  const T* end() const { return data_ + size_; }

 private:
  void Grow(Arena* arena) {
    static_assert(std::is_trivially_copyable_v<T>);
    const uint32_t capacity = capacity_ == 0 ? 4 : capacity_ * 2;
    T* data = static_cast<T*>(arena->Allocate(sizeof(T) * capacity, alignof(T)));
    if (size_ != 0) std::memcpy(static_cast<void*>(data), data_, sizeof(T) * size_);
    data_ = data;
    capacity_ = capacity;
  }

  T* data_ = nullptr;
  uint32_t size_ = 0;
  uint32_t capacity_ = 0;
};

/// Bytes [begin, end) of the text given to Parse().
struct SourceSpan {
  uint32_t begin = 0;
  uint32_t end = 0;
};

/// [schema.]table; schema is empty where it was not written.
struct TableName {
  std::string_view schema;
  std::string_view table;
};

/// 'user'@'host'; is_current is CURRENT_USER. Also used for roles.
struct AccountName {
  std::string_view user;
  std::string_view host = "%";
  bool is_current = false;
  bool has_host = false;
};

template <typename T, typename Base>
const T& As(const Base& node) {
  DCHECK(node.kind == T::kKind);
  return static_cast<const T&>(node);
}
template <typename T, typename Base>
const T* TryAs(const Base* node) {
  return node != nullptr && node->kind == T::kKind ? static_cast<const T*>(node) : nullptr;
}
template <typename T, typename Base>
T* TryAs(Base* node) {
  return node != nullptr && node->kind == T::kKind ? static_cast<T*>(node) : nullptr;
}

}  // namespace sixfold::sql
