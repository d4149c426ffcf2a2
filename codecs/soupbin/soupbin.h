// SoupBinTCP 3.00: a session over TCP in which the server's messages are numbered, as Nasdaq's venues
// and GLIMPSE use it. Packets of both directions, written and read; no sockets and no timers here.
//
//   std::string bytes;
//   soupbin::AppendLoginRequest(bytes, {.user = "feed01", .password = "secret"});
//
//   soupbin::StreamParser parser;                    // One a connection.
//   soupbin::ClientSession session;
//   const bool good = parser.Take(received, [&](const soupbin::Packet& packet) {
//     const soupbin::Event event = session.Take(packet);
//     if (event.kind == soupbin::EventKind::kMessage) Use(event.number, event.message);
//   });
//   if (!good) Close();                              // The bytes are no SoupBinTCP.
//
// A packet: 0 length, 2 bytes big-endian, of all behind it · 2 type, a letter · 3 payload. Borders of
// TCP segments mean nothing. Sequenced packets carry no number: the server says the first one's when
// it accepts the login, and each counts one further. Integers are text, decimal, padded with spaces.
//
// One thread for each parser. The parser allocates in its constructor only; encoders append to the
// string that they are given. A packet costs a call; one that lies whole in what was received is not
// copied.
//
// Source: "SoupBinTCP" 3.00, sections 2 and 3.
#ifndef FEEDHANDLER_CODECS_SOUPBIN_SOUPBIN_H_
#define FEEDHANDLER_CODECS_SOUPBIN_SOUPBIN_H_

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace fh::codecs::soupbin {

enum class PacketType : char {
  kDebug = '+',            // Both: text for people, at any time.
  kLoginAccepted = 'A',    // Server: session, number of the first sequenced packet.
  kLoginRejected = 'J',    // Server: the reason.
  kSequenced = 'S',        // Server: one message.
  kServerHeartbeat = 'H',  // Server.
  kEndOfSession = 'Z',     // Server: the session is over for good.
  kLoginRequest = 'L',     // Client.
  kUnsequenced = 'U',      // Client (some servers too): one message without a number.
  kClientHeartbeat = 'R',  // Client.
  kLogout = 'O',           // Client.
};

// Who has sent nothing for so long sends a heartbeat.
inline constexpr int64_t kHeartbeatNs = 1'000'000'000;
// A server that says nothing for so long is gone (the text names no number; common practice).
inline constexpr int64_t kSilenceNs = 15'000'000'000;

inline constexpr size_t kLengthBytes = 2;
inline constexpr size_t kHeaderBytes = 3;
inline constexpr size_t kMostPayloadBytes = 65'534;

inline constexpr char kNotAuthorized = 'A';        // Of a rejected login.
inline constexpr char kSessionNotAvailable = 'S';  // Of a rejected login.

// A session's id, as received: spaces on either side are part of it. Blank: the current one.
using SessionName = std::array<char, 10>;
inline constexpr SessionName kCurrentSession = {' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' '};

struct Packet {
  char type = 0;  // A PacketType, or a letter of a later version.
  std::span<const uint8_t> payload;
};

// A number as text: digits with spaces before or behind. Nothing for other bytes, no digits, or more
// than 64 bits hold.
std::optional<uint64_t> ParseNumber(std::string_view text);

struct LoginRequest {
  std::string_view user;      // Up to 6 characters.
  std::string_view password;  // Up to 10.
  SessionName session = kCurrentSession;
  uint64_t first = 1;  // The next number wanted; 0: from the newest message on.
};
struct LoginAccepted {
  SessionName session = kCurrentSession;
  uint64_t first = 1;  // The number of the first sequenced packet.
};

// Encoders. Texts that are too long are cut; messages have up to kMostPayloadBytes (more is cut).
void AppendPacket(std::string& out, PacketType type, std::string_view payload = {});
void AppendLoginRequest(std::string& out, const LoginRequest& request);
void AppendLoginAccepted(std::string& out, const LoginAccepted& accepted);
void AppendLoginRejected(std::string& out, char reason);

// Payloads; longer ones than the type has are read as far as known. Nothing for damaged ones. The texts
// lie in the payload, without their padding.
std::optional<LoginRequest> ParseLoginRequest(std::span<const uint8_t> payload);
std::optional<LoginAccepted> ParseLoginAccepted(std::span<const uint8_t> payload);

// Cuts a stream of bytes into packets, however it arrives.
class StreamParser {
 public:
  StreamParser() : partial_(std::make_unique<uint8_t[]>(kMostBytes)) {}

  // Calls fn(const Packet&) for each packet that ends in `bytes`; payloads live as long as the call.
  // False when the stream is none of SoupBinTCP (a packet without a type): then it has to be closed,
  // and nothing further is read.
  template <typename Function>
  bool Take(std::span<const uint8_t> bytes, Function&& fn) {
    while (!is_broken_ && !bytes.empty()) {
      if (held_ == 0 && bytes.size() >= kLengthBytes) {
        const size_t whole = kLengthBytes + Length(bytes.data());
        if (whole == kLengthBytes) {
          is_broken_ = true;
        } else if (bytes.size() >= whole) {
          Pass(bytes.first(whole), fn);
          bytes = bytes.subspan(whole);
        } else {
          bytes = Hold(bytes, whole);
        }
        continue;
      }
      bytes = Hold(bytes, kLengthBytes);
      if (held_ < kLengthBytes) break;
      const size_t whole = kLengthBytes + Length(partial_.get());
      if (whole == kLengthBytes) {
        is_broken_ = true;
        continue;
      }
      bytes = Hold(bytes, whole);
      if (held_ < whole) break;
      held_ = 0;
      Pass({partial_.get(), whole}, fn);
    }
    return !is_broken_;
  }

  // For the next connection.
  void Reset() {
    held_ = 0;
    is_broken_ = false;
  }

  uint64_t packets() const { return packets_; }
  size_t held() const { return held_; }  // Bytes of a packet that has not ended yet.

 private:
  static constexpr size_t kMostBytes = kLengthBytes + 65'535;

  static size_t Length(const uint8_t* bytes) { return size_t{bytes[0]} << 8 | bytes[1]; }

  // Keeps bytes until there are `wanted`; returns the others.
  std::span<const uint8_t> Hold(std::span<const uint8_t> bytes, size_t wanted) {
    const size_t taken = held_ < wanted ? std::min(wanted - held_, bytes.size()) : 0;
    if (taken != 0) std::memcpy(partial_.get() + held_, bytes.data(), taken);
    held_ += taken;
    return bytes.subspan(taken);
  }

  template <typename Function>
  void Pass(std::span<const uint8_t> packet, Function& fn) {
    ++packets_;
    fn(Packet{static_cast<char>(packet[kLengthBytes]), packet.subspan(kHeaderBytes)});
  }

  std::unique_ptr<uint8_t[]> partial_;
  size_t held_ = 0;
  bool is_broken_ = false;
  uint64_t packets_ = 0;
};

enum class EventKind : uint8_t {
  kAccepted,     // The login: `number` is the first message's.
  kRejected,     // `reason`. The server closes; not authorized is not to be tried again.
  kMessage,      // `number` and `message`.
  kUnsequenced,  // `message`.
  kAlive,        // A heartbeat, or text for people in `message`.
  kEnd,          // The session is over: no more messages, and no login to it any more.
  kUnknown,      // A type of a later version: skipped.
  kViolation,    // Not allowed here, or damaged: close the connection.
};

struct Event {
  EventKind kind = EventKind::kUnknown;
  char reason = 0;
  uint64_t number = 0;
  std::span<const uint8_t> message;  // Lives as long as the packet.
};

// What a client knows of its session from the packets that it receives. A broken connection is resumed
// by a login with session() and next(): nothing is lost, nothing comes twice.
class ClientSession {
 public:
  Event Take(const Packet& packet);

  // A new connection; session and number stay, for the login.
  void Disconnected() { is_logged_in_ = false; }

  bool is_logged_in() const { return is_logged_in_; }
  bool has_ended() const { return has_ended_; }
  const SessionName& session() const { return session_; }
  uint64_t next() const { return next_; }        // The number of the next message.
  uint64_t unknown() const { return unknown_; }  // Packets of types that are not known.

 private:
  bool is_logged_in_ = false;
  bool has_ended_ = false;
  SessionName session_ = kCurrentSession;
  uint64_t next_ = 1;
  uint64_t unknown_ = 0;
};

// GLIMPSE 5.0: a snapshot of a market's books as ITCH messages in sequenced packets of a session of its
// own (login with number 1); this message ends it.
inline constexpr char kSnapshotEnd = 'G';
inline constexpr size_t kSnapshotEndBytes = 21;

// The number of the live message to go on with, inclusive. Nothing when the message is no such one.
std::optional<uint64_t> ParseSnapshotEnd(std::span<const uint8_t> message);
std::string SnapshotEnd(uint64_t next_live);

}  // namespace fh::codecs::soupbin

#endif  // FEEDHANDLER_CODECS_SOUPBIN_SOUPBIN_H_
