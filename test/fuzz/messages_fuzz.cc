// What writers, daemons and peers send each other. Input: the message's type, then its body. What
// is understood is written again and must be understood again.
#include "core/base/check.h"
#include "storage/quorum/messages.h"
#include "test/fuzz/input.h"

namespace sixfold::storage {
namespace {

template <typename Message>
void Try(std::string_view body) {
  auto message = Message::Decode(body);
  if (!message.ok()) return;
  const std::string again = message->Encode();
  auto back = Message::Decode(again);
  CHECK(back.ok());
  CHECK(back->Encode() == again);
}

}  // namespace
}  // namespace sixfold::storage

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sixfold::storage;
  sixfold::fuzz::Input input(data, size);
  const uint8_t type = input.Take<uint8_t>();
  // Of its own size, so that a read past its end is seen.
  const std::string body(input.rest());
  switch (type) {
    case 1:
      Try<Hello>(body);
      break;
    case 2:
      Try<HelloReply>(body);
      break;
    case 3:
      Try<Promise>(body);
      break;
    case 4:
      Try<PromiseReply>(body);
      break;
    case 5:
      (void)AppendView::Decode(body);
      break;
    case 6:
      Try<Ack>(body);
      break;
    case 7:
      Try<VdlNotice>(body);
      break;
    case 8:
      Try<Fetch>(body);
      break;
    case 9:
      Try<FetchReply>(body);
      break;
    case 10:
      Try<FetchBase>(body);
      break;
    case 11:
      Try<FetchBaseReply>(body);
      break;
    default:
      Try<Membership>(body);
  }
  return 0;
}
