// A ReadView over the maps: the newest version <= S of a key is in recent, else in the base.
//
// A view stays in one AZ from Renew to Renew. Nothing is allocated by Get.
#pragma once

#include <memory>
#include <vector>

#include "storage/client/az_maps.h"
#include "storage/client/volume.h"
#include "storage/client/volume_reader.h"
#include "storage/copy/base_reader.h"
#include "storage/recent/lmdb_env.h"
#include "storage/recent/recent_cursor.h"

namespace sixfold::storage {

class MergedCursor;

class MappedReadView final : public ReadView {
 public:
  explicit MappedReadView(MappedVolumeReader& reader) : reader_(reader) {}
  ~MappedReadView() override;

  Lsn lsn() const override { return lsn_; }
  StatusOr<bool> Get(std::string_view key, RowView* row) override;
  std::unique_ptr<RowCursor> NewCursor(std::string_view begin, std::string_view end) override;
  Status Renew(Lsn lsn) override;
  Status Verify() const override;
  void Release() override;

 private:
  friend class MergedCursor;
  void GiveBackState();
  /// Passes a read's status on; failures that blame the AZ are told to the reader.
  Status Noted(Status status) const {
    if (!status.ok()) [[unlikely]]
      reader_.NoteFailure(*state_->az, status);
    return status;
  }

  MappedVolumeReader& reader_;
  std::unique_ptr<ReadState> state_;
  Lsn lsn_;
  bool active_ = false;
  uint64_t renewals_ = 0;               // cursors compare it to know that they must renew
  std::vector<MergedCursor*> cursors_;  // alive; they let go of LMDB when the state is replaced
};

/// Merges recent and base by key; a key's version in recent hides the one in the base.
class MergedCursor final : public RowCursor {
 public:
  MergedCursor(MappedReadView& view, std::string_view begin, std::string_view end);
  ~MergedCursor() override;

  Status SeekForward(std::string_view target) override;
  Status SeekBackward(std::string_view target) override;
  Status Next() override;
  Status Prev() override;
  bool Valid() const override { return valid_; }
  const RowView& row() const override { return row_; }

  /// Lets go of LMDB; the next seek opens it again.
  void Detach();

 private:
  /// Where the current row is.
  enum class Source { kRecent, kBase, kBoth };

  Status Prepare();
  Status Position(bool forward, std::string_view target);
  Status Turn(bool forward);
  /// Leaves the current key behind in every source that stands on it.
  Status Advance();
  /// From the sources' positions on to the next live row in the direction, inside the range.
  Status Settle();
  bool InRange(std::string_view key) const {
    return forward_ ? end_.empty() || key < end_ : key >= begin_;
  }

  MappedReadView& view_;
  std::string begin_;
  std::string end_;
  std::unique_ptr<RecentCursor> recent_;
  std::unique_ptr<BaseCursor> base_;
  uint64_t renewals_ = 0;
  bool forward_ = true;
  bool valid_ = false;
  Source source_ = Source::kRecent;
  RowView row_;
};

}  // namespace sixfold::storage
