#include "storage/client/read_view.h"

#include <algorithm>

#include "core/base/check.h"

namespace sixfold::storage {

StatusOr<std::unique_ptr<ReadState>> ReadState::Open(std::shared_ptr<const ReadPlaces> places) {
  auto state = std::make_unique<ReadState>();
  state->places = std::move(places);
  ASSIGN_OR_RETURN(state->recent, LmdbReadTxn::Begin(state->places->recent));
  ASSIGN_OR_RETURN(state->recent_cursor,
                   RecentCursor::Open(*state->recent, state->places->recent_table));
  return state;
}

Status ReadState::Renew(Lsn lsn) {
  RETURN_IF_ERROR(recent->Renew().status());
  return recent_cursor->Renew(lsn);
}

void ReadState::Release() { recent->Release(); }

MappedReadView::MappedReadView(MappedVolumeReader& reader, std::unique_ptr<ReadState> state)
    : reader_(reader), state_(std::move(state)) {}

MappedReadView::~MappedReadView() {
  CHECK(cursors_.empty(), "a cursor outlives its view");
  if (state_ == nullptr) return;
  state_->Release();
  reader_.GiveBack(std::move(state_));
}

Status MappedReadView::Renew(Lsn lsn) {
  uint64_t applied = reader_.page().applied.load(std::memory_order_acquire);
  if (lsn.value() > applied) {
    return FailedPrecondition("open view at {}: this AZ is at {}", lsn, applied);
  }
  ++renewals_;
  active_ = false;
  if (state_->places->generation != reader_.page().generation.load()) {
    for (MergedCursor* cursor : cursors_) cursor->Detach();
    ASSIGN_OR_RETURN(auto fresh, reader_.TakeState());
    state_ = std::move(fresh);
  }
  lsn_ = lsn;
  RETURN_IF_ERROR(state_->Renew(lsn));
  active_ = true;
  return OkStatus();
}

void MappedReadView::Release() {
  if (!active_) return;
  active_ = false;
  ++renewals_;
  state_->Release();
}

StatusOr<bool> MappedReadView::Get(std::string_view key, RowView* row) {
  DCHECK(active_);
  RecentVersion recent;
  ASSIGN_OR_RETURN(bool found, state_->recent_cursor->Get(key, &recent));
  if (found) {
    if (recent.tombstone) return false;
    *row = {key, recent.value, recent.lsn};
    return true;
  }
  return false;
}

std::unique_ptr<RowCursor> MappedReadView::NewCursor(std::string_view begin, std::string_view end) {
  return std::make_unique<MergedCursor>(*this, begin, end);
}

MergedCursor::MergedCursor(MappedReadView& view, std::string_view begin, std::string_view end)
    : view_(view), begin_(begin), end_(end) {
  view_.cursors_.push_back(this);
}

MergedCursor::~MergedCursor() { std::erase(view_.cursors_, this); }

void MergedCursor::Detach() {
  recent_.reset();
  valid_ = false;
}

Status MergedCursor::Prepare() {
  CHECK(view_.active_, "a cursor of a view that was released");
  valid_ = false;
  if (recent_ != nullptr && renewals_ == view_.renewals_) return OkStatus();
  ReadState& state = *view_.state_;
  if (recent_ == nullptr) {
    ASSIGN_OR_RETURN(recent_, RecentCursor::Open(*state.recent, state.places->recent_table));
  }
  RETURN_IF_ERROR(recent_->Renew(view_.lsn_));
  renewals_ = view_.renewals_;
  return OkStatus();
}

Status MergedCursor::SeekForward(std::string_view target) {
  RETURN_IF_ERROR(Prepare());
  RETURN_IF_ERROR(recent_->SeekForward(std::max<std::string_view>(target, begin_)));
  return SettleForward();
}

Status MergedCursor::SeekBackward(std::string_view target) {
  RETURN_IF_ERROR(Prepare());
  bool to_end = target.empty() || (!end_.empty() && target > end_);
  RETURN_IF_ERROR(recent_->SeekBackward(to_end ? std::string_view(end_) : target));
  return SettleBackward();
}

Status MergedCursor::Next() {
  CHECK(valid_);
  RETURN_IF_ERROR(recent_->Next());
  return SettleForward();
}

Status MergedCursor::Prev() {
  CHECK(valid_);
  RETURN_IF_ERROR(recent_->Prev());
  return SettleBackward();
}

Status MergedCursor::SettleForward() {
  valid_ = false;
  while (recent_->valid() && (end_.empty() || recent_->key() < end_)) {
    if (!recent_->version().tombstone) {
      row_ = {recent_->key(), recent_->version().value, recent_->version().lsn};
      valid_ = true;
      return OkStatus();
    }
    RETURN_IF_ERROR(recent_->Next());
  }
  return OkStatus();
}

Status MergedCursor::SettleBackward() {
  valid_ = false;
  while (recent_->valid() && recent_->key() >= begin_) {
    if (!recent_->version().tombstone) {
      row_ = {recent_->key(), recent_->version().value, recent_->version().lsn};
      valid_ = true;
      return OkStatus();
    }
    RETURN_IF_ERROR(recent_->Prev());
  }
  return OkStatus();
}

}  // namespace sixfold::storage
