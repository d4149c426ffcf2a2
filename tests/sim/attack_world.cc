#include "tests/sim/attack_world.h"

#include <algorithm>
#include <map>
#include <set>

#include "tests/sim/line_model.h"

namespace fh::test {
namespace {

using codecs::FrameKind;

constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kHour = 3600 * kSecond;

// Tags: of true packets the stream, of lies kLieTag and their kind.
constexpr uint32_t kLieTag = 0x80000000;

}  // namespace

AttackWorld::AttackWorld(uint64_t seed) : random_(seed) {
  is_timed_ = Chance(0.5);
  has_ids_ = Chance(0.7);
  most_messages_ = 1 + static_cast<uint32_t>(Below(12));
  message_ns_ = Chance(0.15) ? kSecond / 2 : static_cast<int64_t>(1'000 + Below(200'000));
  is_sparse_ = message_ns_ == kSecond / 2 && Chance(0.3);
  is_cruel_ = Chance(0.4);
  const uint32_t lines = 1 + static_cast<uint32_t>(Below(3));
  options_ = {.lines = lines,
              .max_burst = 1 + static_cast<uint32_t>(Below(64)),
              .window_packets = 1024,
              .gap_timeout_ns = 20'000'000,
              // Of lines that have been silent all night, those that are late are not waited for.
              .early_gap_packets = Chance(0.5) || message_ns_ < 20'000 ? 0u : 128u,
              .jump_confirmations = Chance(0.7) ? 4 : 2 + static_cast<uint32_t>(Below(6))};
  const bool perfect = Chance(0.3);
  for (uint32_t i = 0; i < lines; ++i) {
    lines_.push_back({.loss = perfect ? 0 : 0.02 * static_cast<double>(Below(100)) / 100,
                      .repeat = perfect ? 0 : 0.01,
                      .reorder = perfect ? 0 : Below(3),
                      .delay_ns = static_cast<int64_t>(Below(2'000'000)),
                      .attacked = Chance(0.7)});
  }
  if (Chance(0.9)) lines_[0].attacked = true;
  MakeStreams();
  std::vector<std::vector<Sent>> arrived(lines);
  for (uint32_t i = 0; i < streams_.size(); ++i) {
    const std::vector<Sent> packets = Pack(i);
    for (uint32_t line = 0; line < lines; ++line) {
      const std::vector<Sent> part = Transmit(packets, static_cast<uint8_t>(line));
      arrived[line].insert(arrived[line].end(), part.begin(), part.end());
    }
  }
  for (uint32_t line = 0; line < lines; ++line) {
    if (lines_[line].attacked) SlipIn(arrived[line]);
  }
  arrivals_ = MergeByTime(arrived);
  for (const Sent& sent : arrivals_) {
    if ((sent.tag & kLieTag) != 0) continue;
    streams_[sent.tag].shown_ns = std::min(streams_[sent.tag].shown_ns, sent.at_ns);
  }
}

// Days with nights between them, with ids of their own, ids that come back, or none at all.
void AttackWorld::MakeStreams() {
  const uint32_t days = 1 + static_cast<uint32_t>(Below(4));
  const bool ids_return = Chance(0.4);
  int64_t start_ns = 1'700'000'000 * kSecond;
  for (uint32_t day = 0; day < days; ++day) {
    Stream stream{.messages = 60 + Below(400), .start_ns = start_ns};
    if (has_ids_) stream.session = static_cast<char>('A' + (ids_return ? day % 2 : day));
    const int64_t lasts_ns = static_cast<int64_t>(stream.messages) * message_ns_;
    start_ns += lasts_ns + 8 * kHour + static_cast<int64_t>(Below(60)) * kHour;
    streams_.push_back(stream);
  }
}

std::vector<Sent> AttackWorld::Pack(uint32_t index) {
  const Stream& stream = streams_[index];
  std::vector<Sent> packets;
  uint64_t next = 1;
  int64_t at_ns = stream.start_ns;
  const auto add = [&](uint32_t count, FrameKind kind) {
    packets.push_back({.first = next,
                       .count = count,
                       .at_ns = at_ns,
                       .session = stream.session,
                       .kind = kind,
                       .stream_start = next == 1,
                       .send_ns = is_timed_ ? at_ns : 0,
                       .tag = index});
  };
  for (uint64_t i = Below(4); i > 0; --i, at_ns += kSecond) add(0, FrameKind::kHeartbeat);
  while (next <= stream.messages) {
    const uint64_t count = std::min(1 + Below(most_messages_), stream.messages - next + 1);
    at_ns += static_cast<int64_t>(count) * message_ns_;
    if (!is_sparse_ && message_ns_ > kSecond / 100) {
      // Venues say every second that they are there.
      const int64_t until_ns = at_ns;
      at_ns -= static_cast<int64_t>(count) * message_ns_;
      for (; at_ns + kSecond < until_ns;) {
        at_ns += kSecond;
        add(0, FrameKind::kHeartbeat);
      }
      at_ns = until_ns;
    }
    add(static_cast<uint32_t>(count), FrameKind::kMessages);
    next += count;
    if (Chance(0.03)) add(0, FrameKind::kHeartbeat);
  }
  // The publisher says where it stands for a while, or that it is done.
  const FrameKind last = has_ids_ && Chance(0.6) ? FrameKind::kEndOfSession : FrameKind::kHeartbeat;
  for (int i = 0; i < 12; ++i) {
    at_ns += kSecond;
    add(0, last);
  }
  return packets;
}

std::vector<Sent> AttackWorld::Transmit(const std::vector<Sent>& packets, uint8_t number) {
  const Line& line = lines_[number];
  std::vector<std::pair<uint64_t, Sent>> way;
  for (size_t i = 0; i < packets.size(); ++i) {
    if (Chance(line.loss)) continue;
    Sent sent = packets[i];
    sent.line = number;
    way.push_back({i + Below(line.reorder + 1), sent});
    if (Chance(line.repeat)) way.push_back({i + Below(8), sent});
  }
  std::stable_sort(way.begin(), way.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<Sent> arrived;
  int64_t at_ns = 0;
  for (auto& [key, sent] : way) {
    at_ns = std::max(at_ns, sent.at_ns + line.delay_ns);
    sent.at_ns = at_ns;
    arrived.push_back(sent);
  }
  return arrived;
}

// Lies in rows of fewer than jump_confirmations, each row behind a packet with which the line went
// on, and before another.
void AttackWorld::SlipIn(std::vector<Sent>& line) {
  const double rate = Chance(0.3) ? 0.3 : 0.03;
  const bool one_kind = Chance(0.5);
  const Lie always = static_cast<Lie>(Below(kLies));
  std::vector<Sent> told;
  uint64_t next = 0;
  uint32_t stream = UINT32_MAX;
  for (size_t i = 0; i < line.size(); ++i) {
    const Sent& truth = line[i];
    const bool goes_on = truth.tag == stream && truth.first == next;
    if (truth.tag != stream || truth.first + truth.count > next) next = truth.first + truth.count;
    stream = truth.tag;
    const bool is_last_day = truth.tag + 1 == streams_.size();
    const bool is_belied = i + 1 < line.size() && line[i + 1].tag == truth.tag &&
                           line[i + 1].first == truth.first + truth.count &&
                           line[i + 1].at_ns - truth.at_ns < options_.gap_timeout_ns / 2;
    const bool may_lie = is_cruel_ ? !is_last_day : is_belied;
    if (i == 0 && may_lie && Chance(0.5)) {
      told.push_back(Tell(static_cast<Lie>(Below(kLies)), truth));
    }
    told.push_back(truth);
    if (!may_lie || !goes_on || !Chance(rate)) continue;
    const uint64_t row = 1 + Below(options_.jump_confirmations - 1);
    const Lie kind = one_kind ? always : static_cast<Lie>(Below(kLies));
    for (uint64_t n = 0; n < row; ++n) {
      Sent lie = Tell(kind, truth);
      // A row that agrees with itself is the best lie.
      if (n > 0 && Chance(0.7)) {
        lie = told.back();
        lie.first += lie.count;
        if (lie.send_ns != 0) lie.send_ns += 1000;
      }
      told.push_back(lie);
    }
  }
  line = std::move(told);
}

Sent AttackWorld::Tell(Lie lie, const Sent& truth) {
  Sent told = truth;
  told.tag = kLieTag | static_cast<uint32_t>(lie);
  told.kind = FrameKind::kMessages;
  told.count = 1 + static_cast<uint32_t>(Below(most_messages_));
  told.stream_start = false;
  const uint64_t next = truth.first + truth.count;
  switch (lie) {
    case Lie::kAhead:
      told.first = next + 1 + Below(5000);
      break;
    case Lie::kFarAhead:
      told.first = next + 1 + Below(uint64_t{1} << 21);
      break;
    case Lie::kWild:
      told.first = random_() >> Below(60);
      break;
    case Lie::kOld:
      told.first = 1 + Below(truth.first);
      told.count = std::min<uint32_t>(told.count, static_cast<uint32_t>(next - told.first));
      break;
    case Lie::kOverstated:
      told.first = next;
      told.count = 0;
      told.kind = FrameKind::kMessages;
      told.lost_in_tail = static_cast<uint16_t>(Chance(0.5) ? 60'000 : 1 + Below(UINT16_MAX));
      break;
    case Lie::kForeign:
      told.session = static_cast<char>('a' + Below(26));
      told.first = Chance(0.5) ? 1 : 1 + Below(1000);
      break;
    case Lie::kOtherDay:
      told.session = streams_[Below(streams_.size())].session;
      told.first = 1 + Below(1000);
      break;
    case Lie::kHeartbeat:
      told.kind = FrameKind::kHeartbeat;
      told.count = 0;
      told.first = next + 1 + Below(uint64_t{1} << Below(40));
      break;
    case Lie::kEnd:
      told.kind = FrameKind::kEndOfSession;
      told.count = 0;
      told.first = Chance(0.5) ? next : next + Below(1000);
      break;
    case Lie::kStartsOver:
      told.first = 1;
      told.stream_start = true;
      if (told.send_ns != 0) told.send_ns += static_cast<int64_t>(Below(10 * kSecond));
      break;
    case Lie::kFuture:
      told.first = next + 1 + Below(100);
      if (told.send_ns != 0) told.send_ns += 1000 * kHour;
      break;
    case Lie::kFlippedBits:
      told.first = truth.first ^ (uint64_t{1} << Below(64));
      told.count = truth.count;
      break;
  }
  return told;
}

AttackWorld::Account AttackWorld::Judge(SessionHarness& harness) const {
  Account account;
  account.streams = streams_.size();
  account.is_cruel = is_cruel_;
  // What was delivered of each stream, and which lies.
  std::vector<std::set<uint64_t>> delivered(streams_.size());
  std::map<uint64_t, std::vector<uint32_t>> lies;  // By number.
  for (const Delivered& run : harness.delivered()) {
    for (uint64_t n = run.first; n <= run.last; ++n) {
      if ((run.tag & kLieTag) != 0) {
        lies[n].push_back(run.tag & ~kLieTag);
        ++account.lies_delivered;
      } else {
        account.again += !delivered[run.tag].insert(n).second;
      }
    }
  }
  for (const SessionEvent& event : harness.events()) {
    account.starts += event.kind == SessionEvent::Kind::kSessionStart;
  }
  // What had to arrive.
  std::vector<std::set<uint64_t>> owed(streams_.size());
  std::vector<std::vector<uint64_t>> next(streams_.size(), std::vector<uint64_t>(lines_.size()));
  for (const Sent& sent : arrivals_) {
    if ((sent.tag & kLieTag) != 0) {
      ++account.lies;
      continue;
    }
    const bool is_over =
        sent.tag + 1 < streams_.size() && sent.at_ns >= streams_[sent.tag + 1].shown_ns;
    uint64_t& line_next = next[sent.tag][sent.line];
    const bool is_due = !is_cruel_ || sent.tag + 1 == streams_.size();
    if (is_due && !is_over && sent.first >= line_next) {
      for (uint64_t n = sent.first; n < sent.first + sent.count; ++n) owed[sent.tag].insert(n);
    }
    line_next = std::max(line_next, sent.first + sent.count);
  }
  // What was sent before the join is nobody's due.
  for (const SessionEvent& event : harness.events()) {
    if (event.kind == SessionEvent::Kind::kSessionStart && event.start != StartCause::kJoined)
      break;
    if (event.kind != SessionEvent::Kind::kGap || event.gap_cause != FH_GAP_LATE_JOIN) continue;
    owed[0].erase(owed[0].begin(), owed[0].upper_bound(event.last));
  }
  for (size_t i = 0; i < streams_.size(); ++i) {
    account.owed += owed[i].size();
    for (const uint64_t n : owed[i]) {
      if (delivered[i].count(n) != 0) continue;
      const auto lie = lies.find(n);
      if (lie != lies.end() && !lie->second.empty()) {
        ++account.supplanted;
        ++account.supplanted_by[lie->second.back()];
        lie->second.pop_back();
        continue;
      }
      account.verdict = "message " + std::to_string(n) + " of stream " + std::to_string(i) +
                        " never came" + (is_cruel_ ? " (cruel)" : "");
    }
  }
  if (!harness.broken().empty()) account.verdict = harness.broken();
  if (harness.outstanding() != 0) account.verdict = "slices did not come back";
  if (harness.accounted_messages() != harness.sent_messages()) {
    account.verdict = "messages in differ from messages accounted for";
  }
  return account;
}

}  // namespace fh::test
