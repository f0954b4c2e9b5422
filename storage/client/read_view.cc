#include "storage/client/read_view.h"

#include <algorithm>

#include "core/base/bytes.h"
#include "core/base/check.h"
#include "storage/recent/lmdb_env.h"

namespace sixfold::storage {

MappedReadView::~MappedReadView() {
  CHECK(cursors_.empty(), "a cursor outlives its view");
  GiveBackState();
}

void MappedReadView::GiveBackState() {
  if (state_ == nullptr) return;
  state_->Release();
  AzMaps* az = state_->az;
  az->GiveBack(std::move(state_));
}

Status MappedReadView::Renew(Lsn lsn) {
  ++renewals_;
  active_ = false;
  AzMaps* az = reader_.AzFor(lsn);
  if (az == nullptr) return FailedPrecondition("open view at {}: no AZ here is so far", lsn);
  if (state_ == nullptr || state_->az != az || !az->IsCurrent(*state_)) {
    for (MergedCursor* cursor : cursors_) cursor->Detach();
    GiveBackState();
    ASSIGN_OR_RETURN(state_, az->TakeState());
  }
  lsn_ = lsn;
  RETURN_IF_ERROR(Noted(state_->Renew(lsn)));
  active_ = true;
  return OkStatus();
}

Status MappedReadView::Verify() const {
  if (state_ == nullptr || !state_->places->faulted()) return OkStatus();
  return Noted(MakeStatus(StatusCode::kDataLoss, "a page of the AZ's maps cannot be read"));
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
  auto found = state_->recent_cursor->Get(key, &recent);
  if (!found.ok()) return Noted(found.status());
  if (state_->places->recent->faulted()) [[unlikely]]
    return Verify();
  if (*found) {
    if (recent.tombstone) return false;
    *row = {key, recent.value, recent.lsn};
    return true;
  }
  StoredVersion stored;
  found = state_->base->Get(key, &stored);
  if (!found.ok()) return Noted(found.status());
  if (*found) *row = {key, stored.value, stored.lsn};
  return found;
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
  base_.reset();
  valid_ = false;
}

Status MergedCursor::Prepare() {
  CHECK(view_.active_, "a cursor of a view that was released");
  valid_ = false;
  if (recent_ != nullptr && renewals_ == view_.renewals_) return OkStatus();
  ReadState& state = *view_.state_;
  if (recent_ == nullptr) {
    ASSIGN_OR_RETURN(recent_, RecentCursor::Open(*state.recent, state.places->recent_table));
    base_ = std::make_unique<BaseCursor>(*state.base);
  }
  RETURN_IF_ERROR(recent_->Renew(view_.lsn_));
  renewals_ = view_.renewals_;
  return OkStatus();
}

Status MergedCursor::Position(bool forward, std::string_view target) {
  forward_ = forward;
  RETURN_IF_ERROR(forward ? recent_->SeekForward(target) : recent_->SeekBackward(target));
  return forward ? base_->SeekForward(target) : base_->SeekBackward(target);
}

Status MergedCursor::SeekForward(std::string_view target) {
  RETURN_IF_ERROR(Prepare());
  RETURN_IF_ERROR(view_.Noted(Position(true, std::max<std::string_view>(target, begin_))));
  return view_.Noted(Settle());
}

Status MergedCursor::SeekBackward(std::string_view target) {
  RETURN_IF_ERROR(Prepare());
  bool to_end = target.empty() || (!end_.empty() && target > end_);
  RETURN_IF_ERROR(view_.Noted(Position(false, to_end ? std::string_view(end_) : target)));
  return view_.Noted(Settle());
}

Status MergedCursor::Next() {
  DCHECK(valid_ && renewals_ == view_.renewals_);
  if (!forward_) RETURN_IF_ERROR(view_.Noted(Turn(true)));
  RETURN_IF_ERROR(view_.Noted(Advance()));
  return view_.Noted(Settle());
}

Status MergedCursor::Prev() {
  DCHECK(valid_ && renewals_ == view_.renewals_);
  if (forward_) RETURN_IF_ERROR(view_.Noted(Turn(false)));
  RETURN_IF_ERROR(view_.Noted(Advance()));
  return view_.Noted(Settle());
}

// After it every source stands on the current key or, in the new direction, behind it.
Status MergedCursor::Turn(bool forward) {
  std::string key(row_.key);
  if (!forward) key += '\0';  // the first key behind: seeking backward from it finds the key itself
  RETURN_IF_ERROR(Position(forward, key));
  if (!forward) key.pop_back();
  bool in_recent = recent_->valid() && recent_->key() == key;
  bool in_base = base_->valid() && base_->key() == key;
  if (!in_recent && !in_base) return Corrupt("row {} is gone under a cursor", ToHex(key));
  source_ = in_recent && in_base ? Source::kBoth : in_recent ? Source::kRecent : Source::kBase;
  return OkStatus();
}

Status MergedCursor::Advance() {
  if (source_ != Source::kBase) {
    RETURN_IF_ERROR(forward_ ? recent_->Next() : recent_->Prev());
  }
  if (source_ != Source::kRecent) {
    RETURN_IF_ERROR(forward_ ? base_->Next() : base_->Prev());
  }
  return OkStatus();
}

Status MergedCursor::Settle() {
  valid_ = false;
  while (true) {
    bool in_recent = recent_->valid() && InRange(recent_->key());
    bool in_base = base_->valid() && InRange(base_->key());
    if (!in_recent && !in_base) return OkStatus();
    int order = !in_base ? -1 : !in_recent ? 1 : recent_->key().compare(base_->key());
    if (!forward_ && in_recent && in_base) order = -order;
    if (order > 0) {
      source_ = Source::kBase;
      row_ = {base_->key(), base_->version().value, base_->version().lsn};
      valid_ = true;
      return OkStatus();
    }
    source_ = order == 0 ? Source::kBoth : Source::kRecent;
    if (!recent_->version().tombstone) {
      row_ = {recent_->key(), recent_->version().value, recent_->version().lsn};
      valid_ = true;
      return OkStatus();
    }
    RETURN_IF_ERROR(Advance());
  }
}

}  // namespace sixfold::storage
