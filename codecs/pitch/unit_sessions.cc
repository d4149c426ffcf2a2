#include "codecs/pitch/unit_sessions.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace fh::codecs::pitch {

namespace {

template <uint32_t kMessage>
SessionBytes<kMessage> Begin(const MessageInfo& info) {
  SessionBytes<kMessage> bytes{};
  kHdrLength.Put(bytes.data(), static_cast<uint16_t>(bytes.size()));
  kHdrCount.Put(bytes.data(), 1);
  kMessageLength.Put(bytes.data() + kUnitHeaderBytes, kMessage);
  kMessageType.Put(bytes.data() + kUnitHeaderBytes, static_cast<uint8_t>(info.type));
  return bytes;
}

absl::Status CheckText(const Alpha& field, absl::string_view text, absl::string_view shown) {
  if (text.empty() || text.size() > field.length ||
      !std::all_of(text.begin(), text.end(), absl::ascii_isgraph)) {
    return absl::InvalidArgumentError(
        absl::StrCat("the ", field.name, " of a Cboe session, ", shown, ", must have 1 to ",
                     field.length, " printable characters; take it from the venue's letter"));
  }
  return absl::OkStatus();
}

void PutText(const Alpha& field, absl::string_view text, uint8_t* message) {
  std::fill_n(message + field.offset, field.length, uint8_t{' '});
  std::copy(text.begin(), text.end(), message + field.offset);
}

const char* TextOf(std::span<const NamedValue> names, char status) {
  for (const NamedValue& name : names) {
    if (name.value == static_cast<uint8_t>(status)) return name.name;
  }
  return "unknown_status";
}

}  // namespace

absl::StatusOr<LoginBytes> Login(const Credentials& credentials) {
  absl::Status status = CheckText(kSessionSubId, credentials.session_sub_id,
                                  absl::StrCat("'", credentials.session_sub_id, "'"));
  status.Update(
      CheckText(kUsername, credentials.username, absl::StrCat("'", credentials.username, "'")));
  status.Update(CheckText(kPassword, credentials.password,
                          absl::StrCat(credentials.password.size(), " characters")));
  if (!status.ok()) return status;
  LoginBytes bytes = Begin<22>(kLoginMessage);
  uint8_t* const message = bytes.data() + kUnitHeaderBytes;
  PutText(kSessionSubId, credentials.session_sub_id, message);
  PutText(kUsername, credentials.username, message);
  PutText(kFiller, "", message);
  PutText(kPassword, credentials.password, message);
  return bytes;
}

SessionBytes<9> GapRequest(uint8_t unit, uint32_t first, uint16_t count) {
  SessionBytes<9> bytes = Begin<9>(kGapRequestMessage);
  uint8_t* const message = bytes.data() + kUnitHeaderBytes;
  kUnit2.Put(message, unit);
  kSequence3.Put(message, first);
  kCount7.Put(message, count);
  return bytes;
}

SessionBytes<6> SpinRequest(uint32_t image) {
  SessionBytes<6> bytes = Begin<6>(kSpinRequestMessage);
  kSequence2.Put(bytes.data() + kUnitHeaderBytes, image);
  return bytes;
}

SessionBytes<6> MappingSpinRequest() { return Begin<6>(kMappingSpinRequestMessage); }

SessionBytes<0> SessionHeartbeat() {
  SessionBytes<0> bytes{};
  kHdrLength.Put(bytes.data(), kUnitHeaderBytes);
  return bytes;
}

uint32_t WholeUnit(std::span<const uint8_t> received) {
  if (received.size() < kUnitHeaderBytes) return 0;
  const uint32_t length = kHdrLength(received.data());
  if (length < kUnitHeaderBytes + kHdrCount(received.data()) * kLeastMessageBytes) {
    return kDamagedUnit;
  }
  return received.size() < length ? 0 : length;
}

Answer ParseAnswer(std::span<const uint8_t> message) {
  Answer answer;
  answer.bytes = message;
  if (message.size() < kLeastMessageBytes) {
    answer.kind = Answer::Kind::kDamaged;
    return answer;
  }
  const uint8_t* const bytes = message.data();
  const auto info = std::find_if(
      kSessionMessages.begin(), kSessionMessages.end(),
      [&](const MessageInfo* session) { return session->type == kMessageType(bytes); });
  if (info == kSessionMessages.end()) return answer;
  if (message.size() < (*info)->length) {
    answer.kind = Answer::Kind::kDamaged;
    return answer;
  }
  const auto has = [&message](const FieldInfo& field) {
    return uint32_t{field.offset} + field.length <= message.size();
  };
  switch (kMessageType(bytes)) {
    case kLoginResponseMessage.type:
      answer.kind = Answer::Kind::kLogin;
      answer.status = kLoginStatus(bytes);
      break;
    case kGapResponseMessage.type:
      answer.kind = Answer::Kind::kGap;
      answer.status = kGapStatus(bytes);
      answer.unit = kUnit2(bytes);
      answer.sequence = kSequence3(bytes);
      answer.count = kCount7(bytes);
      break;
    case kSpinImageMessage.type:
      answer.kind = Answer::Kind::kSpinImage;
      answer.sequence = kSequence2(bytes);
      break;
    case kSpinResponseMessage.type:
      answer.kind = Answer::Kind::kSpin;
      answer.status = kSpinStatus(bytes);
      answer.sequence = kSequence2(bytes);
      answer.count = kOrderCount(bytes);
      break;
    case kSpinFinishedMessage.type:
      answer.kind = Answer::Kind::kSpinFinished;
      answer.sequence = kSequence2(bytes);
      break;
    case kMappingSpinResponseMessage.type:
      answer.kind = Answer::Kind::kMappingSpin;
      if (has(kMappingCount6)) answer.count = kMappingCount6(bytes);
      if (has(kMappingStatus10)) answer.status = kMappingStatus10(bytes);
      break;
    case kMappingSpinFinishedMessage.type:
      answer.kind = Answer::Kind::kMappingSpinFinished;
      break;
    default:
      break;  // Requests, which no server sends.
  }
  return answer;
}

const char* StatusText(const Answer& answer) {
  switch (answer.kind) {
    case Answer::Kind::kLogin:
      return TextOf(kLoginStatusNames, answer.status);
    case Answer::Kind::kGap:
      return TextOf(kGapStatusNames, answer.status);
    case Answer::Kind::kSpin:
    case Answer::Kind::kMappingSpin:
      return TextOf(kSpinStatusNames, answer.status);
    default:
      return "accepted";
  }
}

}  // namespace fh::codecs::pitch
