// Turns durable batches, in log order, into records ready to apply: parts of a large transaction
// are parked until the last one, then all come out with its LSN; an epoch opening annuls parked
// ones.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "storage/log/batch.h"

namespace sixfold::storage {

class RecordAssembler {
 public:
  struct Ready {
    Lsn lsn;
    RecordView record;
    bool first_of_large = false;  // of a large transaction: its parts follow each other
    bool last_of_large = false;
  };

  /// Appends what became ready to *out. Views point into the batch, and for parts into strings
  /// handed to *kept, which must live as long.
  Status Add(const BatchView& batch, std::vector<Ready>* out, std::vector<std::string>* kept);
  /// Where the log must be read from to have all parts of what is open, and of what ended where it
  /// began.
  Lsn oldest_open_part() const;
  bool has_open_parts() const { return !parked_.empty(); }

 private:
  struct Parked {
    // Of the batch with the first part, or of an earlier one: where a transaction began that ended
    // in that batch.
    Lsn position;
    std::vector<std::string> parts;
  };
  Status FinishLarge(const RecordView& last, std::vector<Ready>* out,
                     std::vector<std::string>* kept);

  std::map<TxnId, Parked> parked_;
};

}  // namespace sixfold::storage
