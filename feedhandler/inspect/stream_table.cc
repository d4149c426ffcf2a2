#include "feedhandler/inspect/stream_table.h"

#include <algorithm>

#include "rio/packet.h"

namespace fh {
namespace {

template <typename T>
bool NoteOne(std::vector<T>& seen, const T& value, size_t most) {
  if (std::find(seen.begin(), seen.end(), value) != seen.end()) return true;
  if (seen.size() == most) return false;
  seen.push_back(value);
  return true;
}

}  // namespace

uint64_t Traffic::Window::Count(int64_t at) {
  if (packets == 0 || (at != index && at != index - 1)) {
    index = at;
    packets = 0;
  }
  return ++packets;
}

void Traffic::Count(uint32_t length, bool cut, int64_t stamp_ns) {
  least_bytes = packets == 0 ? length : std::min(least_bytes, length);
  most_bytes = std::max(most_bytes, length);
  ++packets;
  bytes += length;
  truncated += cut;
  if (stamp_ns == 0) return;
  first_ns = first_ns == 0 ? stamp_ns : std::min(first_ns, stamp_ns);
  last_ns = last_ns == 0 ? stamp_ns : std::max(last_ns, stamp_ns);
  most_in_ms = std::max(most_in_ms, ms_.Count(stamp_ns / 1'000'000));
  most_in_second = std::max(most_in_second, second_.Count(stamp_ns / 1'000'000'000));
}

double Traffic::PacketsPerSecond() const {
  return last_ns > first_ns ? static_cast<double>(packets) / Seconds() : 0;
}

double Traffic::BitsPerSecond() const {
  return last_ns > first_ns ? static_cast<double>(bytes) * 8 / Seconds() : 0;
}

std::string Stream::Speaks() const {
  if (guess.codec() != nullptr) return guess.codec()->name;
  return FramingFamilyName(guess.family());
}

uint64_t Stream::messages() const {
  uint64_t sum = more_messages;
  for (const SessionTrack& session : sessions) sum += session.messages();
  return sum;
}

uint64_t Stream::cut() const {
  uint64_t sum = more_cut;
  for (const SessionTrack& session : sessions) sum += session.cut();
  return sum;
}

uint64_t Stream::lost_in_tails() const {
  uint64_t sum = more_lost_in_tails;
  for (const SessionTrack& session : sessions) sum += session.lost_in_tails();
  return sum;
}

uint64_t Stream::gaps() const {
  uint64_t sum = 0;
  for (const SessionTrack& session : sessions) sum += session.gaps();
  return sum;
}

uint64_t Stream::missing() const {
  uint64_t sum = 0;
  for (const SessionTrack& session : sessions) sum += session.missing();
  return sum;
}

StreamTable::StreamTable(const codecs::CodecInfo* asked) : asked_(asked), instruments_(1) {}

const Stream* StreamTable::Find(const rio::Endpoint& group) const {
  const auto at = by_group_.find(group);
  return at == by_group_.end() ? nullptr : at->second;
}

Stream* StreamTable::FindOrAdd(const rio::Endpoint& group) {
  if (latest_ != nullptr && latest_->group == group) return latest_;
  const auto at = by_group_.find(group);
  if (at != by_group_.end()) return latest_ = at->second;
  if (streams_.size() == kMostStreams) return nullptr;
  streams_.push_back(std::make_unique<Stream>(group, asked_));
  return latest_ = by_group_[group] = streams_.back().get();
}

void StreamTable::Add(const SeenDatagram& datagram) {
  Stream* stream = FindOrAdd(datagram.destination);
  if (stream == nullptr) {
    ++overflowed_;
    return;
  }
  const bool cut = datagram.length > datagram.payload.size();
  stream->traffic.Count(datagram.length, cut, datagram.stamp_ns);
  if (!datagram.source.is_none() && !NoteOne(stream->sources, datagram.source, kMostSources)) {
    ++stream->more_sources;
  }
  if (datagram.vlan.has_value()) NoteOne(stream->vlans, *datagram.vlan, kMostVlans);
  if (stream->first_bytes.empty()) {
    const auto first =
        datagram.payload.first(std::min(datagram.payload.size(), Stream::kFirstBytes));
    stream->first_bytes.assign(first.begin(), first.end());
  }
  if (stream->guess.Sample(datagram.payload, datagram.stamp_ns, cut)) {
    const std::string framing = stream->reader == nullptr ? "" : stream->reader->framing();
    stream->reader =
        MakeSequenceReader(stream->guess.codec(), stream->guess.family(), instruments_);
    if (stream->reader == nullptr || stream->reader->framing() != framing) {
      // What was counted by another framing means nothing in this one.
      stream->sessions.clear();
      stream->more_sessions = stream->more_messages = stream->more_cut = 0;
      stream->more_lost_in_tails = 0;
      stream->rejected = stream->damaged_tails = stream->trailing_bytes = 0;
      stream->before_guess = stream->traffic.packets - 1;
      if (stream->reader != nullptr) FrameEarly(*stream);
    }
  }
  if (stream->reader != nullptr) Frame(*stream, datagram);
  if (stream->guess.codec() == nullptr) KeepEarly(*stream, datagram);
}

void StreamTable::KeepEarly(Stream& stream, const SeenDatagram& datagram) {
  // Only all of them: numbers with a hole in them would be a gap.
  const bool has_all = stream.early.size() + 1 == stream.traffic.packets;
  if (!has_all || stream.early.size() == Stream::kMostEarly) return;
  constexpr size_t kMostBytes = sizeof(Stream::Early::bytes) - rio::kReadablePastEnd;
  if (datagram.payload.size() > kMostBytes) return;
  Stream::Early& early = stream.early.emplace_back();
  std::copy(datagram.payload.begin(), datagram.payload.end(), early.bytes.begin());
  early.size = static_cast<uint32_t>(datagram.payload.size());
  early.length = datagram.length;
  early.stamp_ns = datagram.stamp_ns;
}

void StreamTable::FrameEarly(Stream& stream) {
  if (stream.early.size() + 1 != stream.traffic.packets) return;
  stream.before_guess = 0;
  for (const Stream::Early& early : stream.early) {
    SeenDatagram datagram;
    datagram.payload = std::span(early.bytes).first(early.size);
    datagram.length = early.length;
    datagram.stamp_ns = early.stamp_ns;
    Frame(stream, datagram);
  }
}

void StreamTable::Frame(Stream& stream, const SeenDatagram& datagram) {
  rio::Packet packet{};
  packet.data = datagram.payload.data();
  packet.length = static_cast<uint32_t>(datagram.payload.size());
  packet.stamp_ns = datagram.stamp_ns;
  const codecs::PacketFrame frame = stream.reader->Frame(packet);
  if (frame.kind == codecs::FrameKind::kRejected) {
    ++stream.rejected;
    return;
  }
  const bool cut = datagram.length > packet.length;
  stream.damaged_tails += frame.lost_in_tail > 0 && !cut;
  stream.trailing_bytes += frame.trailing_bytes;
  SessionTrack* session = FindOrAddSession(stream, frame);
  if (session == nullptr) {
    ++stream.more_sessions;
    stream.more_messages += frame.message_count;
    (cut ? stream.more_cut : stream.more_lost_in_tails) += frame.lost_in_tail;
    return;
  }
  session->Note(frame, cut);
  if (frame.kind == codecs::FrameKind::kUnsequenced) return;  // No number tells what is the same.
  MessageSample& sample = session->sample();
  bool wanted = false;
  for (uint32_t i = 0; i < frame.message_count && !wanted; ++i) {
    wanted = sample.Wants(frame.first_sequence + i);
  }
  if (!wanted) return;
  stream.reader->ForEachMessage(packet, frame,
                                [&](uint64_t sequence, std::span<const uint8_t> bytes) {
                                  if (sample.Wants(sequence)) sample.Add(sequence, bytes);
                                });
}

SessionTrack* StreamTable::FindOrAddSession(Stream& stream, const codecs::PacketFrame& frame) {
  // The latest first: sessions follow each other more than they alternate.
  for (auto session = stream.sessions.rbegin(); session != stream.sessions.rend(); ++session) {
    if (session->id() == frame.session && session->stream() == frame.stream) return &*session;
  }
  if (stream.sessions.size() == kMostSessions) return nullptr;
  return &stream.sessions.emplace_back(frame.session, frame.stream);
}

}  // namespace fh
