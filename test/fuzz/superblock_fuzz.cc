// A slot of a copy's superblock. Input: its bytes, from the front; the checksum is set right.
#include "core/base/bytes.h"
#include "core/base/checksum.h"
#include "storage/log/superblock.h"
#include "storage/quorum/membership.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sixfold;
  using namespace sixfold::storage;
  constexpr size_t kSummed = kBlockBytes - sizeof(uint64_t);
  std::string slot(reinterpret_cast<const char*>(data), std::min(size, kSummed));
  (void)Superblock::Decode(slot);
  slot.resize(kSummed, '\0');
  PutFixed(&slot, Checksum64(slot));
  auto superblock = Superblock::Decode(slot);
  if (!superblock.ok()) return 0;
  (void)Membership::Decode(superblock->membership);
  (void)Superblock::Decode(superblock->Encode());
  return 0;
}
