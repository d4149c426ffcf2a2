#include "codecs/moex/moex_fields.h"

#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "codecs/moex/moex_messages.h"

namespace fh::codecs::moex {
namespace {

using fast::FastInstruction;
using fast::FastOperatorKind;
using fast::FastPlan;
using fast::FastStep;

constexpr int64_t kNsPerMs = 1'000'000;
constexpr int64_t kMsPerDay = 86'400'000;
constexpr int64_t kDayNs = kMsPerDay * kNsPerMs;

struct NamedTag {
  std::string_view name;
  Tag tag;
};
constexpr NamedTag kTagNames[] = {{"msg_seq_num", kTagNumber},
                                  {"sending_time", kTagSendingTime},
                                  {"security_id", kTagSecurityId},
                                  {"symbol", kTagSymbol},
                                  {"md_update_action", kTagAction},
                                  {"md_entry_type", kTagEntryType},
                                  {"md_price_level", kTagLevel},
                                  {"md_entry_id", kTagEntryId},
                                  {"md_entry_px", kTagPrice},
                                  {"md_entry_size", kTagSize},
                                  {"md_entry_date", kTagEntryDate},
                                  {"md_entry_time", kTagEntryTime},
                                  {"number_of_orders", kTagOrders},
                                  {"trd_type", kTagTrdType},
                                  {"last_px", kTagLastPrice},
                                  {"security_trading_status", kTagTradingStatus},
                                  {"trad_ses_status", kTagSessionStatus},
                                  {"trad_ses_event", kTagSessionEvent},
                                  {"high_limit_px", kTagHighLimit},
                                  {"low_limit_px", kTagLowLimit},
                                  {"theor_price", kTagTheorPrice},
                                  {"security_type", kTagSecurityType},
                                  {"cfi_code", kTagCfiCode},
                                  {"strike_price", kTagStrike},
                                  {"contract_multiplier", kTagMultiplier},
                                  {"currency", kTagCurrency},
                                  {"min_price_increment", kTagTick},
                                  {"market_depth", kTagMarketDepth},
                                  {"underlying_security_id", kTagUnderlyingId},
                                  {"leg_security_id", kTagLegId},
                                  {"leg_ratio_qty", kTagLegRatio},
                                  {"maturity_date", kTagMaturityDate},
                                  {"maturity_time", kTagMaturityTime},
                                  {"last_msg_seq_num_processed", kTagLastProcessed}};

struct NamedKind {
  std::string_view letters;
  Kind kind;
};
constexpr NamedKind kKindNames[] = {{"X", Kind::kIncrement},      {"W", Kind::kSnapshot},
                                    {"d", Kind::kDefinition},     {"BP", Kind::kDefinitionUpdate},
                                    {"f", Kind::kSecurityStatus}, {"h", Kind::kSessionStatus},
                                    {"4", Kind::kSequenceReset},  {"0", Kind::kHeartbeat}};

Kind KindOfTemplate(const fast::FastTemplate& source) {
  for (const fast::FastItem& item : source.items) {
    if (item.field == nullptr || item.field->op.kind != FastOperatorKind::kConstant ||
        item.field->op.initial == nullptr || item.field->name != std::string_view("message_type")) {
      continue;
    }
    for (const NamedKind& named : kKindNames) {
      if (named.letters == item.field->op.initial) return named.kind;
    }
    return Kind::kOther;
  }
  return source.resets ? Kind::kReset : Kind::kOther;
}

Entries EntriesOfSegment(const FastPlan& plan, const FastPlan::Segment& segment) {
  for (uint32_t i = segment.begin; i < segment.end; ++i) {
    const FastInstruction& instruction = plan.instruction(i);
    if (instruction.step != FastStep::kField) continue;
    switch (instruction.tag) {
      case kTagEntryType:
        return Entries::kMarketData;
      case kTagMarketDepth:
        return Entries::kFeedTypes;
      case kTagUnderlyingId:
        return Entries::kUnderlyings;
      case kTagLegId:
        return Entries::kLegs;
      default:
        break;
    }
  }
  return Entries::kOther;
}

// Of a day; below 0: no time.
int64_t NsOfDay(uint64_t time) {
  const uint64_t ms = time % 1000;
  const uint64_t seconds = time / 1000 % 100;
  const uint64_t minutes = time / 100'000 % 100;
  const uint64_t hours = time / 10'000'000;
  // 60: a second that was put in.
  if (seconds > 60 || minutes > 59 || hours > 23) return -1;
  const uint64_t of_day = ((hours * 60 + minutes) * 60 + seconds) * 1000 + ms;
  return static_cast<int64_t>(of_day) * kNsPerMs;
}

// Days since 1970 of a date of the Gregorian calendar (Howard Hinnant, "chrono-compatible low-level
// date algorithms").
int64_t DaysOf(int64_t year, int64_t month, int64_t day) {
  year -= month <= 2 ? 1 : 0;
  const int64_t era = year / 400;
  const int64_t year_of_era = year - era * 400;
  const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

int64_t MidnightNs(uint64_t date) {
  const auto year = static_cast<int64_t>(date / 10'000);
  const auto month = static_cast<int64_t>(date / 100 % 100);
  const auto day = static_cast<int64_t>(date % 100);
  if (year < 1970 || year > 2200 || month < 1 || month > 12 || day < 1 || day > 31) {
    return kUndefinedTime;
  }
  return DaysOf(year, month, day) * kDayNs;
}

}  // namespace

fast::FastTag TagOf(const FieldInfo& field) {
  for (const NamedTag& named : kTagNames) {
    if (named.name == field.name) return named.tag;
  }
  return kNoTag;
}

absl::StatusOr<std::shared_ptr<const MoexPlan>> MoexPlan::Make(const std::string& schema) {
  std::shared_ptr<MoexPlan> plan(new MoexPlan());
  std::span<const FastTemplate* const> templates = kTemplates;
  const std::string name = schema.empty() ? "moex_forts" : schema;
  if (!schema.empty()) {
    absl::StatusOr<std::unique_ptr<const fast::FastTemplates>> file =
        fast::FastTemplates::Load(schema);
    if (!file.ok()) return file.status();
    plan->file_ = *std::move(file);
    templates = plan->file_->templates();
  }
  absl::StatusOr<std::unique_ptr<const FastPlan>> fast = FastPlan::Build(templates, name, TagOf);
  if (!fast.ok()) return fast.status();
  plan->fast_ = *std::move(fast);
  if (absl::Status resolved = plan->Resolve(name); !resolved.ok()) return resolved;
  return plan;
}

absl::Status MoexPlan::Resolve(const std::string& name) {
  bool has_market_data = false;
  for (const FastPlan::Template& source : fast_->templates()) {
    kinds_.push_back(KindOfTemplate(*source.source));
    has_market_data |= kinds_.back() == Kind::kIncrement || kinds_.back() == Kind::kSnapshot;
  }
  for (uint32_t i = 0; i < fast_->segments(); ++i) {
    const FastPlan::Segment& segment = fast_->segment(i);
    entries_.push_back(EntriesOfSegment(*fast_, segment));
    if (entries_.back() == Entries::kMarketData && segment.least_bytes < kLeastEntryBytes) {
      return absl::InvalidArgumentError(
          absl::StrCat("'", name, "': entries of market data may take ", segment.least_bytes,
                       " bytes, and MOEX's take ", kLeastEntryBytes,
                       " or more; give the templates file of MOEX's derivatives market"));
    }
  }
  if (!has_market_data) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", name,
                     "' has no template whose MessageType is X or W; give the templates file of "
                     "MOEX's derivatives market"));
  }
  return absl::OkStatus();
}

int64_t PriceOf(int64_t mantissa, int exponent) {
  constexpr int kDecimals = 9;
  int64_t price = mantissa;
  for (int power = exponent + kDecimals; power != 0 && price != 0; power += power > 0 ? -1 : 1) {
    if (power > 0) {
      if (__builtin_mul_overflow(price, 10, &price)) return kUndefinedPrice;
    } else {
      if (price % 10 != 0) return kUndefinedPrice;
      price /= 10;
    }
  }
  return price;
}

int64_t MoexClock::UnixNs(uint64_t date_and_time) {
  constexpr uint64_t kTimeDigits = 1'000'000'000;
  return UnixNs(date_and_time / kTimeDigits, date_and_time % kTimeDigits);
}

int64_t MoexClock::UnixNs(uint64_t date, uint64_t time) {
  if (date != date_) {
    midnight_ns_ = MidnightNs(date);
    date_ = date;
  }
  const int64_t of_day_ns = NsOfDay(time);
  if (midnight_ns_ == kUndefinedTime || of_day_ns < 0) return kUndefinedTime;
  return midnight_ns_ + of_day_ns;
}

int64_t MoexClock::NotAfter(int64_t sent_ns, uint64_t time) {
  const int64_t of_day_ns = NsOfDay(time);
  if (sent_ns == kUndefinedTime || of_day_ns < 0) return kUndefinedTime;
  const int64_t latest_ns = sent_ns + kMostAheadNs;
  const int64_t at_ns = latest_ns - latest_ns % kDayNs + of_day_ns;
  return at_ns > latest_ns ? at_ns - kDayNs : at_ns;
}

int64_t MoexClock::Nearest(int64_t sent_ns, uint64_t time) {
  const int64_t of_day_ns = NsOfDay(time);
  if (sent_ns == kUndefinedTime || of_day_ns < 0) return kUndefinedTime;
  const int64_t at_ns = sent_ns - sent_ns % kDayNs + of_day_ns;
  if (at_ns > sent_ns + kDayNs / 2) return at_ns - kDayNs;
  return at_ns < sent_ns - kDayNs / 2 ? at_ns + kDayNs : at_ns;
}

}  // namespace fh::codecs::moex
