#include "core/base/arena.h"

namespace sixfold {

void* Arena::AllocateBlock(size_t size) {
  const size_t bytes = size > kBlockBytes / 4 ? size : kBlockBytes;
  // new[] of char is aligned for any fundamental type.
  blocks_.push_back(std::unique_ptr<char[]>(new char[bytes]));
  bytes_allocated_ += bytes;
  char* block = blocks_.back().get();
  if (bytes == kBlockBytes) {
    block_ = block;
    block_size_ = bytes;
    used_ = size;
  }
  return block;
}

void Arena::RunDestructors() {
  for (auto it = destructors_.rbegin(); it != destructors_.rend(); ++it) it->run(it->object);
  destructors_.clear();
}

void Arena::Reset() {
  RunDestructors();
  if (block_ == nullptr) {
    blocks_.clear();
    bytes_allocated_ = 0;
    return;
  }
  std::unique_ptr<char[]> kept;
  for (auto& block : blocks_) {
    if (block.get() == block_) kept = std::move(block);
  }
  blocks_.clear();
  blocks_.push_back(std::move(kept));
  used_ = 0;
  bytes_allocated_ = kBlockBytes;
}

}  // namespace sixfold
