#include "feedhandler/books/book_types.h"

#include "feedhandler/books/book_set.h"

namespace fh::books {

const char* Name(Cause cause) {
  switch (cause) {
    case Cause::kNone:
      return "none";
    case Cause::kGap:
      return "gap";
    case Cause::kFlag:
      return "flagged by the feed";
    case Cause::kUnknownOrder:
      return "unknown order";
    case Cause::kMoreThanLeft:
      return "more than left";
    case Cause::kDuplicateOrder:
      return "duplicate order";
    case Cause::kSideUnknown:
      return "side unknown";
    case Cause::kContradiction:
      return "contradiction";
    case Cause::kOrdersFull:
      return "no room for orders";
    case Cause::kLevelsFull:
      return "no room for levels";
    case Cause::kSizeOverflow:
      return "size overflow";
    case Cause::kFollowedLate:
      return "followed late";
    case Cause::kMismatch:
      return "differs from the venue's own";
    case Cause::kCount:
      break;
  }
  return "unknown cause";
}

const char* Name(State state) {
  switch (state) {
    case State::kGood:
      return "good";
    case State::kDoubtful:
      return "doubtful";
    case State::kRecovering:
      return "recovering";
  }
  return "unknown state";
}

}  // namespace fh::books
