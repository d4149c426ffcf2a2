#include "codecs/soupbin/soupbin.h"

namespace fh::codecs::soupbin {
namespace {

constexpr size_t kUserBytes = 6;
constexpr size_t kPasswordBytes = 10;
constexpr size_t kNumberBytes = 20;
constexpr size_t kSessionBytes = std::tuple_size_v<SessionName>;

// Text with its padding behind it.
void AppendPadded(std::string& out, std::string_view text, size_t width) {
  text = text.substr(0, width);
  out.append(text);
  out.append(width - text.size(), ' ');
}

// A number with its padding before it.
void AppendNumber(std::string& out, uint64_t number) {
  const std::string digits = std::to_string(number);
  out.append(kNumberBytes - digits.size(), ' ');
  out.append(digits);
}

std::string_view TextIn(std::span<const uint8_t> payload, size_t offset, size_t length) {
  return {reinterpret_cast<const char*>(payload.data()) + offset, length};
}

std::string_view WithoutSpaces(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

SessionName NameIn(std::span<const uint8_t> payload, size_t offset) {
  SessionName name;
  std::memcpy(name.data(), payload.data() + offset, name.size());
  return name;
}

}  // namespace

std::optional<uint64_t> ParseNumber(std::string_view text) {
  text = WithoutSpaces(text);
  if (text.empty()) return std::nullopt;
  uint64_t number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    if (__builtin_mul_overflow(number, uint64_t{10}, &number) ||
        __builtin_add_overflow(number, static_cast<uint64_t>(c - '0'), &number)) {
      return std::nullopt;
    }
  }
  return number;
}

void AppendPacket(std::string& out, PacketType type, std::string_view payload) {
  payload = payload.substr(0, kMostPayloadBytes);
  const size_t length = 1 + payload.size();
  out.push_back(static_cast<char>(length >> 8));
  out.push_back(static_cast<char>(length));
  out.push_back(static_cast<char>(type));
  out.append(payload);
}

void AppendLoginRequest(std::string& out, const LoginRequest& request) {
  std::string payload;
  AppendPadded(payload, request.user, kUserBytes);
  AppendPadded(payload, request.password, kPasswordBytes);
  payload.append(request.session.data(), request.session.size());
  AppendNumber(payload, request.first);
  AppendPacket(out, PacketType::kLoginRequest, payload);
}

void AppendLoginAccepted(std::string& out, const LoginAccepted& accepted) {
  std::string payload(accepted.session.data(), accepted.session.size());
  AppendNumber(payload, accepted.first);
  AppendPacket(out, PacketType::kLoginAccepted, payload);
}

void AppendLoginRejected(std::string& out, char reason) {
  AppendPacket(out, PacketType::kLoginRejected, {&reason, 1});
}

std::optional<LoginRequest> ParseLoginRequest(std::span<const uint8_t> payload) {
  constexpr size_t kSessionAt = kUserBytes + kPasswordBytes;
  constexpr size_t kNumberAt = kSessionAt + kSessionBytes;
  if (payload.size() < kNumberAt + kNumberBytes) return std::nullopt;
  const std::optional<uint64_t> first = ParseNumber(TextIn(payload, kNumberAt, kNumberBytes));
  if (!first) return std::nullopt;
  return LoginRequest{WithoutSpaces(TextIn(payload, 0, kUserBytes)),
                      WithoutSpaces(TextIn(payload, kUserBytes, kPasswordBytes)),
                      NameIn(payload, kSessionAt), *first};
}

std::optional<LoginAccepted> ParseLoginAccepted(std::span<const uint8_t> payload) {
  if (payload.size() < kSessionBytes + kNumberBytes) return std::nullopt;
  const std::optional<uint64_t> first = ParseNumber(TextIn(payload, kSessionBytes, kNumberBytes));
  if (!first) return std::nullopt;
  return LoginAccepted{NameIn(payload, 0), *first};
}

Event ClientSession::Take(const Packet& packet) {
  const auto type = static_cast<PacketType>(packet.type);
  if (type == PacketType::kDebug) return {.kind = EventKind::kAlive, .message = packet.payload};
  if (!is_logged_in_) {
    if (type == PacketType::kLoginRejected && !packet.payload.empty()) {
      return {.kind = EventKind::kRejected, .reason = static_cast<char>(packet.payload[0])};
    }
    if (type != PacketType::kLoginAccepted) return {.kind = EventKind::kViolation};
    const std::optional<LoginAccepted> accepted = ParseLoginAccepted(packet.payload);
    if (!accepted) return {.kind = EventKind::kViolation};
    is_logged_in_ = true;
    has_ended_ = false;
    session_ = accepted->session;
    next_ = accepted->first;
    return {.kind = EventKind::kAccepted, .number = next_};
  }
  switch (type) {
    case PacketType::kSequenced:
      if (has_ended_) return {.kind = EventKind::kViolation};
      return {.kind = EventKind::kMessage, .number = next_++, .message = packet.payload};
    case PacketType::kUnsequenced:
      return {.kind = EventKind::kUnsequenced, .message = packet.payload};
    case PacketType::kServerHeartbeat:
      return {.kind = EventKind::kAlive};
    case PacketType::kEndOfSession:
      has_ended_ = true;
      return {.kind = EventKind::kEnd, .number = next_};
    case PacketType::kLoginAccepted:
    case PacketType::kLoginRejected:
    case PacketType::kLoginRequest:
    case PacketType::kClientHeartbeat:
    case PacketType::kLogout:
      return {.kind = EventKind::kViolation};
    default:
      ++unknown_;
      return {.kind = EventKind::kUnknown};
  }
}

std::optional<uint64_t> ParseSnapshotEnd(std::span<const uint8_t> message) {
  if (message.size() < kSnapshotEndBytes || message[0] != static_cast<uint8_t>(kSnapshotEnd)) {
    return std::nullopt;
  }
  return ParseNumber(TextIn(message, 1, kNumberBytes));
}

std::string SnapshotEnd(uint64_t next_live) {
  std::string message(1, kSnapshotEnd);
  AppendNumber(message, next_live);
  return message;
}

}  // namespace fh::codecs::soupbin
