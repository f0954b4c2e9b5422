#include "storage/node/record_assembler.h"

#include "core/base/sim_hooks.h"

namespace sixfold::storage {

Status RecordAssembler::Add(const BatchView& batch, std::vector<Ready>* out,
                            std::vector<std::string>* kept) {
  if (batch.header().opens_epoch() && !SIM_BROKEN(kAnnulmentLost)) {
    if (!parked_.empty()) SIM_MARK("an opening annuls open parts");
    parked_.clear();
  }
  // Where whoever reads again must begin so as to miss no part of what the batch ends or begins.
  Lsn begin = batch.header().first_lsn;
  return batch.ForEachRecord([&](const RecordView& record) -> Status {
    if (record.kind() != RecordKind::kCommit) return OkStatus();
    if (!record.is_part()) {
      out->push_back({record.lsn(), record});
      return OkStatus();
    }
    if (record.is_last_part()) {
      const auto parked = parked_.find(record.header().txn);
      if (parked != parked_.end()) begin = std::min(begin, parked->second.position);
      return FinishLarge(record, out, kept);
    }
    Parked& parked = parked_[record.header().txn];
    if (parked.parts.empty()) {
      if (begin != batch.header().first_lsn)
        SIM_MARK("a large transaction begins where another ends");
      parked.position = begin;
    }
    parked.parts.emplace_back(record.bytes());
    return OkStatus();
  });
}

Status RecordAssembler::FinishLarge(const RecordView& last, std::vector<Ready>* out,
                                    std::vector<std::string>* kept) {
  auto node = parked_.extract(last.header().txn);
  if (node.empty() || node.mapped().parts.size() != last.header().part) {
    return Corrupt("large transaction {} at {} lacks parts", last.header().txn, last.lsn());
  }
  bool first = true;
  for (std::string& part : node.mapped().parts) {
    // Views into the moved string stay valid: parts are too long for the small-string buffer.
    kept->push_back(std::move(part));
    std::string_view bytes = kept->back();
    ASSIGN_OR_RETURN(RecordView record, RecordView::Parse(&bytes, Lsn()));
    out->push_back({last.lsn(), record, first});
    first = false;
  }
  out->push_back({last.lsn(), last, first, true});
  return OkStatus();
}

Lsn RecordAssembler::oldest_open_part() const {
  Lsn oldest = kMaxLsn;
  for (const auto& [txn, parked] : parked_) oldest = std::min(oldest, parked.position);
  return oldest;
}

}  // namespace sixfold::storage
