// Aggregates and windows.
#include "core/sql/parser_impl.h"

namespace sixfold::sql {

Expression* Parser::ParseAggregate(AggregateFunction function) {
  AggregateCall* call = New<AggregateCall>();
  call->function = function;
  Advance();
  Expect(T::kLeftParen);
  if (function == AggregateFunction::kCount && Accept(T::kStar)) {
    call->star = true;
  } else {
    if (Accept(K::kDistinct)) {
      call->distinct = true;
    } else if (Accept(K::kAll) && function == AggregateFunction::kCount && Accept(T::kStar)) {
      call->star = true;
    }
    if (!call->star) call->arguments = ParseExpressionList();
  }
  Expect(T::kRightParen);
  ParseOver(call);
  return Finish(call);
}

Expression* Parser::ParseGroupConcat() {
  AggregateCall* call = New<AggregateCall>();
  call->function = AggregateFunction::kGroupConcat;
  Advance();
  Expect(T::kLeftParen);
  call->distinct = Accept(K::kDistinct);
  call->arguments = ParseExpressionList();
  if (Is(K::kOrder)) {
    Expect(K::kOrder, K::kBy);
    call->order_by = ParseOrderList();
  }
  if (Accept(K::kSeparator)) {
    if (Is(T::kHex) || Is(T::kBit)) {
      call->separator = ParseHexOrBit()->text;
    } else {
      call->separator = String();
    }
  }
  Expect(T::kRightParen);
  ParseOver(call);
  return Finish(call);
}

Expression* Parser::ParseWindowFunction(AggregateFunction function) {
  AggregateCall* call = New<AggregateCall>();
  call->function = function;
  Advance();
  Expect(T::kLeftParen);
  if (!Is(T::kRightParen)) call->arguments = ParseExpressionList();
  Expect(T::kRightParen);
  if (Is(K::kFrom) && (PeekIs(1, K::kFirst) || PeekIs(1, K::kLast))) {
    Advance();
    Advance();
  }
  if (Accept(K::kRespect)) {
    call->respect_nulls_written = true;
    Expect(K::kNulls);
  } else if (Accept(K::kIgnore)) {
    Expect(K::kNulls);
  }
  if (!Is(K::kOver)) SyntaxError();
  ParseOver(call);
  return Finish(call);
}

void Parser::ParseOver(AggregateCall* call) {
  if (!Accept(K::kOver)) return;
  if (Accept(T::kLeftParen)) {
    call->over = ParseWindowSpecification();
    return;
  }
  call->over = arena_->New<WindowSpecification>();
  call->over->base_name = Identifier();
  call->over->is_reference = true;
}

// Behind '('; takes ')'.
WindowSpecification* Parser::ParseWindowSpecification() {
  WindowSpecification* window = arena_->New<WindowSpecification>();
  const bool frame_word = Is(K::kRows) || Is(K::kRange) || Is(K::kGroups);
  if (IsIdentifier() && !frame_word) window->base_name = Identifier();
  if (Is(K::kPartition)) {
    Expect(K::kPartition, K::kBy);
    window->partition_by = ParseExpressionList();
  }
  if (Is(K::kOrder)) {
    Expect(K::kOrder, K::kBy);
    window->order_by = ParseOrderList();
  }
  if (Is(K::kRows) || Is(K::kRange)) ParseFrame(window);
  Expect(T::kRightParen);
  return window;
}

void Parser::ParseFrame(WindowSpecification* window) {
  window->has_frame = true;
  window->frame_unit = Is(K::kRows) ? FrameUnit::kRows : FrameUnit::kRange;
  Advance();
  if (Accept(K::kBetween)) {
    window->frame_start = ParseFrameBound();
    Expect(K::kAnd);
    window->frame_end = ParseFrameBound();
  } else {
    window->frame_start = ParseFrameBound();
    window->frame_end.kind = FrameBoundKind::kCurrentRow;
  }
}

FrameBound Parser::ParseFrameBound() {
  FrameBound bound;
  if (Accept(K::kCurrent)) {
    Expect(K::kRow);
    return bound;
  }
  const bool unbounded = Accept(K::kUnbounded);
  if (!unbounded) {
    if (Is(K::kInterval)) {
      Interval interval;
      Expression* call = nullptr;
      if (!ParseIntervalOrCall(&interval, &call)) SyntaxError();
      bound.offset = interval.amount;
      bound.is_interval = true;
      bound.unit = interval.unit;
    } else {
      bound.offset = ParseSimple();
    }
  }
  if (Accept(K::kPreceding)) {
    bound.kind = unbounded ? FrameBoundKind::kUnboundedPreceding : FrameBoundKind::kPreceding;
  } else {
    Expect(K::kFollowing);
    bound.kind = unbounded ? FrameBoundKind::kUnboundedFollowing : FrameBoundKind::kFollowing;
  }
  return bound;
}

}  // namespace sixfold::sql
