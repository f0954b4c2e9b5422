// Writes the fuzzers' first inputs, made by the real encoders: first_inputs FOLDER makes a folder a
// fuzzer there. run_fuzzers.py --first-inputs puts them into corpus/.
#include <filesystem>
#include <fstream>

#include "core/protocol/output_buffer.h"
#include "core/sql/test_corpus.h"
#include "core/topology/topology.h"
#include "storage/copy/row_value.h"
#include "storage/log/batch.h"
#include "storage/log/superblock.h"
#include "storage/quorum/messages.h"
#include "storage/recent/version_key.h"

namespace sixfold::storage {
namespace {

class Inputs {
 public:
  explicit Inputs(std::string folder) : folder_(std::move(folder)) {}

  void Add(const std::string& fuzzer, const std::string& name, std::string_view bytes) {
    std::filesystem::create_directories(folder_ + "/" + fuzzer);
    std::ofstream(folder_ + "/" + fuzzer + "/" + name, std::ios::binary) << bytes;
  }

 private:
  std::string folder_;
};

const Uuid kSomeUuid = *Uuid::Parse("0b8a7a51-8d0e-4a3c-9a51-1d2c3b4a5f60");

Membership SomeMembership() {
  std::vector<CopyId> six;
  for (uint64_t id = 1; id <= kCopies; ++id) six.emplace_back(id);
  return *Membership::Founding(six).Replacing(CopyId(2), CopyId(1007));
}

CopyReport SomeReport() {
  CopyReport report;
  report.copy = CopyId(3);
  report.accepted = true;
  report.promised = Epoch(5);
  report.tail = {Lsn(8192), Epoch(4), Lsn(4096), 77};
  report.membership = SomeMembership();
  return report;
}

std::string BatchOf(const std::string& record, uint16_t flags) {
  BatchBuilder builder(Lsn(8192));
  builder.Append(record);
  BatchHeader header;
  header.flags = flags;
  header.volume = kSomeUuid;
  header.epoch = Epoch(3);
  header.prev_lsn = header.prev_end = Lsn(flags & kBatchOpensEpoch ? 4096 : 8192);
  const AlignedBuffer padded = builder.Finish(&header);
  return std::string(padded.view().substr(0, header.unpadded_bytes()));
}

void AddBatches(Inputs& inputs) {
  std::string record;
  const Mutation mutations[] = {{MutationKind::kPut, "a", "value"},
                                {MutationKind::kDelete, "b", ""},
                                {MutationKind::kMax, "c", "00000007"}};
  EncodeRecord({.txn = TxnId(9), .epoch = Epoch(3)}, mutations, {{"dropped"}}, &record);
  inputs.Add("batch_fuzz", "commit", BatchOf(record, kBatchDrops));
  record.clear();
  EncodeControlRecord({.kind = RecordKind::kMembership}, SomeMembership().Encode(), &record);
  inputs.Add("batch_fuzz", "membership", BatchOf(record, kBatchMembership));
  record.clear();
  const EpochOpening opening{Lsn(4096), Lsn(8192), std::string(kSomeUuid.view())};
  EncodeControlRecord({.kind = RecordKind::kEpochOpening}, opening.Encode(), &record);
  inputs.Add("batch_fuzz", "opening", BatchOf(record, kBatchOpensEpoch));
}

void AddMessages(Inputs& inputs) {
  const auto add = [&](char type, const char* name, const std::string& body) {
    inputs.Add("messages_fuzz", name, std::string(1, type) + body);
  };
  add(0, "membership", SomeMembership().Encode());
  add(1, "hello", Hello{"cluster", "writer db-1"}.Encode());
  add(2, "hello_reply", HelloReply{"", kSomeUuid, "az-a", {SomeReport(), SomeReport()}}.Encode());
  add(3, "promise", Promise{Epoch(5), kSomeUuid}.Encode());
  add(4, "promise_reply", PromiseReply{Epoch(5), {SomeReport()}}.Encode());
  add(5, "append", AppendView::EncodeHead(Epoch(5)));
  add(6, "ack", Ack{Epoch(5), {{CopyId(1), AckState::kGap, Epoch(5), Lsn(4096)}}}.Encode());
  add(7, "vdl", VdlNotice{Epoch(5), Lsn(8192), 7}.Encode());
  add(8, "fetch", Fetch{1, Epoch(5), CopyId(2), Lsn(4096)}.Encode());
  add(9, "fetch_reply", FetchReply{1, FetchResult::kOk, Lsn(1), Lsn(2), "batches"}.Encode());
  add(10, "fetch_base", FetchBase{1, 2, "after"}.Encode());
  add(11, "fetch_base_reply",
      FetchBaseReply{1, FetchResult::kOk, 2, true, Lsn(3), "part"}.Encode());
}

void AddFiles(Inputs& inputs) {
  Superblock superblock;
  superblock.sequence = 4;
  superblock.volume = kSomeUuid;
  superblock.copy = CopyId(3);
  superblock.promised = Epoch(5);
  superblock.cluster_id = "cluster";
  superblock.az = "az-a";
  superblock.membership = SomeMembership().Encode();
  inputs.Add("superblock_fuzz", "member", superblock.Encode().substr(0, 256));

  const std::string key = "key";
  const auto value = EncodeRowValue(key, {.value = "value", .lsn = Lsn(9), .previous = Lsn(4)});
  inputs.Add("row_value_fuzz", "row", char(key.size()) + key + value);
  std::string bucket;
  AppendBucketEntry(&bucket, "suffix", EncodeRowValue("suffix", {.value = "v", .lsn = Lsn(7)}));
  AppendBucketEntry(&bucket, "suffix2", value);
  inputs.Add("row_value_fuzz", "bucket", char(0) + bucket);

  // {needed, then edits: file, what, block, offset (2), length, bytes}
  using namespace std::string_literals;
  inputs.Add("segment_log_fuzz", "cut", "\0\1\0\3\0\0\0"s);
  inputs.Add("segment_log_fuzz", "misdirected", "\0\1\1\0\0\0\1x"s);
  inputs.Add("segment_log_fuzz", "flipped", "\0\2\2\2\5\0\1\1"s);
  // Steps: promise of epoch 1, an opening and two batches of it {what, sender, how, annulled,
  // epoch, VDL}, all written, a restart, a peer's batch.
  inputs.Add("copy_host_fuzz", "writer", "\0\1\2\0\6\1\1\2\1\1\6\1\1\0\1\2\6\1\1\0\1\3\2\0"s);
  inputs.Add("copy_host_fuzz", "restart", "\0\1\2\0\6\1\1\2\1\1\2\0\3\0\4\1\1\0\1\4\2\0"s);
  inputs.Add("segment_log_fuzz", "other_header", "\4\1\3\0\40\0\1\1\2\3\2\60\0\1\1"s);
}

void AddTexts(Inputs& inputs) {
  topology::Topology topology;
  topology.cluster = "cluster";
  topology.epoch = Epoch(3);
  topology.revision = 2;
  topology.writer = "db-1";
  topology.members = {{.id = "db-1", .az = "az-a", .state = topology::MemberState::kUp},
                      {.id = "db-2", .az = "az-b", .mysql_address = "unix:/run/db-2"}};
  inputs.Add("topology_fuzz", "two", topology::EncodeTopology(topology));

  size_t number = 0;
  for (std::string_view statement : sql::kTestCorpus)
    inputs.Add("sql_fuzz", fmt::format("statement-{:03}", number++),
               std::string(1, '\0') + std::string(statement));
}

void AddPackets(Inputs& inputs) {
  using namespace protocol;
  constexpr Capabilities kClient = capability::kProtocol41 | capability::kSecureConnection |
                                   capability::kPluginAuth | capability::kConnectWithDb |
                                   capability::kConnectAttrs | capability::kPluginAuthLenencData;
  const auto add = [&](char which, const char* name, Capabilities capabilities, char count,
                       std::string_view body) {
    std::string input(1, which);
    PutFixed(&input, static_cast<uint32_t>(capabilities));
    input += count;
    inputs.Add("packets_fuzz", name, input.append(body));
  };
  OutputBuffer handshake;
  handshake.PutU32(kClient);
  handshake.PutU32(1 << 24);
  handshake.PutU8(255);
  handshake.PutZeros(23);
  handshake.PutNulString("admin");
  handshake.PutLenencString("secret");
  handshake.PutNulString("sakila");
  handshake.PutNulString("caching_sha2_password");
  OutputBuffer attributes;
  attributes.PutLenencString("program_name");
  attributes.PutLenencString("mysql");
  handshake.PutLenencString(attributes.view());
  add(0, "handshake", kClient, 0, handshake.view());
  OutputBuffer change;
  change.PutNulString("admin");
  change.PutU8(0);
  change.PutNulString("test");
  change.PutU16(255);
  change.PutNulString("mysql_native_password");
  add(1, "change_user", kClient, 0, change.view());
  add(2, "query", kClient | capability::kQueryAttributes, 0, std::string("\0\1select 1", 10));
  add(3, "proxy_1", kClient, 0, "PROXY TCP4 10.0.0.1 10.0.0.2 4711 3306\r\n");
  add(3, "proxy_2", kClient, 0,
      std::string("\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\1\2\3\4\5\6\7\10\0\1\0\2", 28));
  add(4, "execute", kClient, 2, std::string("\1\0\0\0\0\1\0\0\0\0\1\3\0\xfd\0\7\0\0\0\3abc", 24));
}

}  // namespace
}  // namespace sixfold::storage

int main(int count, char** arguments) {
  if (count != 2) return 2;
  sixfold::storage::Inputs inputs(arguments[1]);
  AddBatches(inputs);
  AddMessages(inputs);
  AddFiles(inputs);
  AddTexts(inputs);
  AddPackets(inputs);
  return 0;
}
