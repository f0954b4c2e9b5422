// The topology record, and the configuration that comes with it. Input: the text.
#include "core/base/check.h"
#include "core/topology/topology.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sixfold::topology;
  const std::string text(reinterpret_cast<const char*>(data), size);
  auto topology = ParseTopology(text);
  if (!topology.ok()) return 0;
  auto again = ParseTopology(EncodeTopology(*topology));
  CHECK(again.ok() && *again == *topology);
  return 0;
}
