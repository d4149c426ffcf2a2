// What every codec of the registry must keep to, whatever its venue: a codec that is added by its
// one line is tested here without a further one, one that is a plugin by feedhandler_conformance
// (conformance_main.cc).
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "codecs/instrument_store.h"
#include "codecs/itch/itch50_plans.h"
#include "codecs/registry.h"
#include "tests/codecs/codec_harness.h"
#include "tests/codecs/conformance_subjects.h"

namespace fh::codecs {
namespace {

using test::DecodeMessages;
using test::DecodePacket;
using test::DescribePacket;
using test::FileFormOf;
using test::PacketBytes;
using test::SameUpdates;

constexpr uint64_t kSamples = 40;

class CodecConformance : public testing::TestWithParam<const CodecInfo*> {
 protected:
  std::unique_ptr<Codec> Make(InstrumentStore* instruments = nullptr, bool portable = false) const {
    CodecOptions options;
    options.channel_id = 7;
    options.instruments = instruments;
    options.portable = portable;
    absl::StatusOr<std::unique_ptr<Codec>> codec = GetParam()->make(options);
    EXPECT_TRUE(codec.ok()) << codec.status();
    return *std::move(codec);
  }
  std::string Sample(uint64_t seed) const { return GetParam()->sample(seed); }
  bool NumbersPackets() const { return GetParam()->numbering.unit == Numbering::Unit::kPackets; }
};

TEST_P(CodecConformance, IsDescribedInWords) {
  const CodecInfo& info = *GetParam();
  EXPECT_FALSE(std::string(info.title).empty());
  EXPECT_FALSE(std::string(info.framing).empty());
  EXPECT_FALSE(std::string(info.specification).empty());
  EXPECT_FALSE(std::string(info.checked).empty());
  EXPECT_FALSE(info.messages.empty());
}

TEST_P(CodecConformance, FieldsLieWithinTheirMessageAndDoNotOverlap) {
  std::set<uint32_t> types;
  for (const MessageInfo* message : GetParam()->messages) {
    EXPECT_TRUE(types.insert(message->type).second) << message->name << " repeats a type";
    if (!message->has_places) continue;
    std::set<std::string> names;
    std::vector<bool> used(message->length);
    for (const FieldInfo* field : message->fields) {
      EXPECT_TRUE(names.insert(field->name).second) << message->name << '.' << field->name;
      const auto end = static_cast<uint32_t>(field->offset + field->length);
      if (field->since != 0 && end > used.size()) used.resize(end);
      ASSERT_LE(end, used.size()) << message->name << '.' << field->name;
      for (uint32_t i = 0; i < field->length; ++i) {
        EXPECT_FALSE(used[field->offset + i]) << message->name << '.' << field->name;
        used[field->offset + i] = true;
      }
    }
    EXPECT_EQ(std::count(used.begin(), used.end(), false), 0)
        << message->name << " has bytes that no field describes";
  }
}

bool IsSnakeCase(const std::string& name) {
  return !name.empty() && name.front() != '_' && name.back() != '_' &&
         name.find("__") == std::string::npos &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos;
}

TEST_P(CodecConformance, NamesAreSnakeCaseAndNoTwoMessagesShareOne) {
  std::set<std::string> names;
  for (const MessageInfo* message : GetParam()->messages) {
    EXPECT_TRUE(IsSnakeCase(message->name)) << message->name;
    EXPECT_TRUE(names.insert(message->name).second) << message->name;
    for (const FieldInfo* field : message->fields) {
      EXPECT_TRUE(IsSnakeCase(field->name)) << message->name << '.' << field->name;
      const bool has_bytes = field->presence != Presence::kConstant;
      EXPECT_TRUE(!has_bytes || field->length > 0) << message->name << '.' << field->name;
      const bool is_text = field->kind == FieldKind::kAlpha;
      const bool is_number = !is_text && field->kind != FieldKind::kPadding;
      EXPECT_TRUE(!is_number || field->length <= 8) << message->name << '.' << field->name;
    }
  }
}

TEST_P(CodecConformance, SamplesAreValidAndRecognised) {
  for (uint64_t seed = 0; seed < kSamples; ++seed) {
    const std::string sample = Sample(seed);
    EXPECT_EQ(sample, Sample(seed)) << "a sample is its seed's";
    const PacketBytes bytes(sample);
    const std::unique_ptr<Codec> codec = Make();
    const test::Decoded decoded = DecodePacket(*codec, bytes.packet());
    ASSERT_EQ(decoded.frame.kind, FrameKind::kMessages);
    EXPECT_GT(decoded.frame.message_count, 0u);
    EXPECT_EQ(decoded.frame.lost_in_tail, 0u);
    EXPECT_FALSE(decoded.frame.trailing_bytes);
    EXPECT_EQ(codec->stats().packets, 1u);
    EXPECT_EQ(codec->stats().messages, decoded.frame.message_count);
    EXPECT_EQ(codec->stats().updates, decoded.updates.size());
    EXPECT_EQ(codec->stats().malformed, 0u);
    EXPECT_EQ(codec->stats().unknown, 0u);
    const auto* data = reinterpret_cast<const uint8_t*>(sample.data());
    EXPECT_EQ(GetParam()->guess({data, sample.size()}), 100);
  }
}

TEST_P(CodecConformance, UpdatesCarryWhatTheyWereGiven) {
  for (uint64_t seed = 0; seed < kSamples; ++seed) {
    const PacketBytes bytes(Sample(seed));
    const std::unique_ptr<Codec> codec = Make();
    const test::Decoded decoded = DecodePacket(*codec, bytes.packet(), FH_FLAG_MAYBE_BAD_BOOK);
    const uint64_t first = StreamSequence(decoded.frame.stream, decoded.frame.first_sequence);
    uint64_t previous = first;
    for (const NormalizedUpdate& update : decoded.updates) {
      EXPECT_GE(update.record, FH_RECORD_ORDER);
      EXPECT_LE(update.record, FH_RECORD_TRADE_DETAIL);
      EXPECT_TRUE(update.record != FH_RECORD_GAP && update.record != FH_RECORD_SESSION)
          << "those are the session layer's";
      EXPECT_NE(std::string("AMCRTFN").find(update.action), std::string::npos) << update.action;
      EXPECT_NE(std::string("BAN").find(update.side), std::string::npos) << update.side;
      // A top of book is whole, whatever was missed before it.
      EXPECT_EQ((update.flags & FH_FLAG_MAYBE_BAD_BOOK) != 0, update.record != FH_RECORD_TOP);
      EXPECT_EQ(update.ts_recv_ns, test::kTestReceiveNs);
      EXPECT_EQ(update.channel_id, 7);
      EXPECT_EQ(update.published_ns32, 0u);
      EXPECT_GE(update.sequence, previous);
      EXPECT_LT(update.sequence, first + decoded.frame.number_count);
      previous = update.sequence;
    }
  }
}

// So that a fan-out can tell by (session, channel, sequence, index) what it has passed on before.
TEST_P(CodecConformance, RecordsOfAMessageAreNumberedThrough) {
  for (uint64_t seed = 0; seed < kSamples; ++seed) {
    const PacketBytes bytes(Sample(seed));
    const std::unique_ptr<Codec> codec = Make();
    const NormalizedUpdate* previous = nullptr;
    const std::vector<NormalizedUpdate> updates = DecodePacket(*codec, bytes.packet()).updates;
    for (const NormalizedUpdate& update : updates) {
      const bool goes_on = previous != nullptr && previous->sequence == update.sequence;
      EXPECT_EQ(update.index, goes_on ? RecordIndex(previous->index + uint64_t{1}) : 0)
          << "record " << int{update.record} << " of message " << update.sequence;
      previous = &update;
    }
  }
}

// T, F and N never change a book: an F is followed, in the same event, by what takes its quantity
// off. Venues that publish the resulting book send it in a message of its own.
TEST_P(CodecConformance, FillsAreFollowedByTheirCancelInTheSameEvent) {
  for (uint64_t seed = 0; seed < kSamples; ++seed) {
    const PacketBytes bytes(Sample(seed));
    const std::unique_ptr<Codec> codec = Make();
    const std::vector<NormalizedUpdate> updates = DecodePacket(*codec, bytes.packet()).updates;
    for (size_t i = 0; i < updates.size(); ++i) {
      if (updates[i].action != FH_ACTION_FILL) continue;
      bool taken = false;
      for (size_t next = i; !taken; ++next) {
        ASSERT_LT(next, updates.size());
        if (updates[next].instrument_id != updates[i].instrument_id) continue;
        taken = updates[next].action != FH_ACTION_FILL && updates[next].record == FH_RECORD_ORDER &&
                updates[next].order.order_id == updates[i].order.order_id;
        ASSERT_TRUE(taken || (updates[next].flags & FH_FLAG_LAST) == 0) << "the event ends before";
        if (!taken) continue;
        EXPECT_TRUE(updates[next].action == FH_ACTION_CANCEL ||
                    updates[next].action == FH_ACTION_MODIFY);
      }
    }
  }
}

TEST_P(CodecConformance, PortableAndFastestPathWriteTheSameBytes) {
  // No codec has another path that takes less of a processor.
  if (!itch50::CanUseAvx512()) GTEST_SKIP() << "skipped: this processor has no AVX-512 VBMI";
  const std::unique_ptr<Codec> fastest = Make();
  const std::unique_ptr<Codec> portable = Make(nullptr, true);
  for (uint64_t seed = 0; seed < 10 * kSamples; ++seed) {
    const PacketBytes bytes(Sample(seed));
    EXPECT_TRUE(SameUpdates(DecodePacket(*fastest, bytes.packet()).updates,
                            DecodePacket(*portable, bytes.packet()).updates));
  }
}

// What a slot held before must not show through: all 64 bytes are written.
TEST_P(CodecConformance, UpdatesAreWrittenWhole) {
  for (uint64_t seed = 0; seed < 10 * kSamples; ++seed) {
    const PacketBytes bytes(Sample(seed));
    const std::unique_ptr<Codec> codec = Make();
    PacketFrame frame;
    codec->Frame({&bytes.packet(), 1}, {&frame, 1});
    const auto on = [&](uint8_t fill) {
      return DecodeMessages(*codec, bytes.packet(), frame, 0, frame.number_count, 0, fill);
    };
    EXPECT_TRUE(SameUpdates(on(0x00), on(0xFF)));
  }
}

TEST_P(CodecConformance, MessagesDecodedInPartsEqualThoseDecodedAtOnce) {
  for (uint64_t seed = 0; seed < kSamples; ++seed) {
    const PacketBytes bytes(Sample(seed));
    // With a table, whose ids the first pass settles.
    InstrumentStore table(600);
    const std::unique_ptr<Codec> codec = Make(&table);
    const test::Decoded whole = DecodePacket(*codec, bytes.packet());
    const uint32_t count = whole.frame.number_count;
    for (uint32_t skip = 0; skip <= count; ++skip) {
      for (uint32_t take = NumbersPackets() ? 1 : 0; skip + take <= count; ++take) {
        const uint64_t from = StreamSequence(whole.frame.stream, whole.frame.first_sequence) + skip;
        std::vector<NormalizedUpdate> slice;
        std::copy_if(whole.updates.begin(), whole.updates.end(), std::back_inserter(slice),
                     [&](const NormalizedUpdate& update) {
                       return update.sequence >= from && update.sequence < from + take;
                     });
        // What a decoder remembers of earlier messages (a second, an order) is that of those before.
        codec->OnEvent({StreamEvent::Kind::kStart, whole.frame.stream, from - skip, 0});
        if (!NumbersPackets()) DecodeMessages(*codec, bytes.packet(), whole.frame, 0, skip);
        EXPECT_TRUE(
            SameUpdates(slice, DecodeMessages(*codec, bytes.packet(), whole.frame, skip, take)))
            << "seed " << seed << ", messages " << skip << '+' << take;
      }
    }
  }
}

TEST_P(CodecConformance, PacketsOfABurstEqualPacketsDecodedOneByOne) {
  std::vector<PacketBytes> payloads;
  std::vector<rio::Packet> packets;
  for (uint64_t seed = 0; seed < kSamples; ++seed) {
    packets.push_back(payloads.emplace_back(Sample(seed)).packet());
  }
  const std::unique_ptr<Codec> codec = Make();
  std::vector<PacketFrame> frames(packets.size());
  codec->Frame(packets, frames);
  std::vector<DecodeJob> jobs;
  for (size_t i = 0; i < packets.size(); ++i) {
    jobs.push_back({&packets[i], &frames[i], 0, frames[i].number_count, test::kTestReceiveNs, 0});
  }
  const std::vector<NormalizedUpdate> burst = test::DecodeJobs(*codec, jobs);
  const std::unique_ptr<Codec> other = Make();
  std::vector<NormalizedUpdate> one_by_one;
  for (const rio::Packet& packet : packets) {
    const std::vector<NormalizedUpdate> updates = DecodePacket(*other, packet).updates;
    one_by_one.insert(one_by_one.end(), updates.begin(), updates.end());
  }
  EXPECT_TRUE(SameUpdates(burst, one_by_one));
  EXPECT_EQ(codec->stats().packets, kSamples);
  EXPECT_EQ(codec->stats().updates, burst.size());
}

// The same messages in the exchange's file form become the same updates but for the numbers, which
// files count from 1.
TEST_P(CodecConformance, FileFormGivesTheSameUpdates) {
  CodecOptions options;
  options.channel_id = 7;
  options.framing = "length_prefixed";
  ASSERT_EQ(GetParam()->make(options).ok(), GetParam()->has_file_form);
  if (!GetParam()->has_file_form) return;
  for (uint64_t seed = 0; seed < kSamples; ++seed) {
    const PacketBytes bytes(Sample(seed));
    const std::unique_ptr<Codec> codec = Make();
    test::Decoded decoded = DecodePacket(*codec, bytes.packet());
    for (NormalizedUpdate& update : decoded.updates) {
      update.sequence -= decoded.frame.first_sequence - 1;
    }
    const PacketBytes file(FileFormOf(*codec, bytes.packet(), decoded.frame));
    const std::unique_ptr<Codec> file_codec = *GetParam()->make(options);
    EXPECT_TRUE(SameUpdates(decoded.updates, DecodePacket(*file_codec, file.packet()).updates));
  }
}

TEST_P(CodecConformance, GuessesKnowTheirOwnPacketsFromOthers) {
  const auto guess = [](const CodecInfo& info, const std::string& payload) {
    return info.guess({reinterpret_cast<const uint8_t*>(payload.data()), payload.size()});
  };
  for (const CodecInfo* other : Codecs()) {
    if (other == GetParam()) continue;
    for (uint64_t seed = 0; seed < kSamples; ++seed) {
      EXPECT_EQ(guess(*GetParam(), other->sample(seed)), 0) << "a packet of " << other->name;
    }
  }
  std::mt19937_64 random(1);
  for (int round = 0; round < 2'000; ++round) {
    std::string noise(random() % 1'473, '\0');
    for (char& byte : noise) byte = static_cast<char>(random());
    EXPECT_EQ(guess(*GetParam(), noise), 0) << "noise of " << noise.size() << " bytes";
  }
}

// Where packets have the numbers, a damaged one gives nothing: all of it comes from another line.
TEST_P(CodecConformance, ACutPacketGivesTheMessagesBeforeTheCut) {
  if (NumbersPackets()) GTEST_SKIP() << "skipped: this venue numbers packets, not messages";
  for (uint64_t seed = 0; seed < 5; ++seed) {
    const std::string sample = Sample(seed);
    const test::Decoded whole = DecodePacket(*Make(), PacketBytes(sample).packet());
    for (size_t length = 0; length < sample.size(); ++length) {
      const PacketBytes bytes(sample.substr(0, length), 0xA5);
      const std::unique_ptr<Codec> codec = Make();
      const test::Decoded cut = DecodePacket(*codec, bytes.packet());
      ASSERT_LE(cut.updates.size(), whole.updates.size());
      EXPECT_TRUE(SameUpdates(cut.updates, {whole.updates.data(), cut.updates.size()}));
      if (cut.frame.kind == FrameKind::kMessages && !GetParam()->numbering.is_counted) {
        // A cut between two messages is not to be seen.
        EXPECT_LT(cut.frame.message_count, whole.frame.message_count) << "cut at " << length;
        EXPECT_EQ(codec->stats().damaged_tails, cut.frame.lost_in_tail);
        const auto messages = DescribePacket(*codec, bytes.packet(), cut.frame);
        ASSERT_EQ(messages.size(), cut.frame.message_count);
        const std::span<const uint8_t> last = messages.back().bytes;
        const bool is_between = last.data() + last.size() == bytes.packet().data + length;
        EXPECT_EQ(cut.frame.lost_in_tail, is_between ? 0u : 1u) << "cut at " << length;
      } else if (cut.frame.kind == FrameKind::kMessages) {
        EXPECT_EQ(cut.frame.message_count + cut.frame.lost_in_tail, whole.frame.message_count);
        EXPECT_GT(cut.frame.lost_in_tail, 0u) << "cut at " << length;
        EXPECT_EQ(codec->stats().damaged_tails, 1u);
      } else {
        EXPECT_EQ(cut.frame.kind, FrameKind::kRejected) << "cut at " << length;
        EXPECT_NE(cut.frame.reject, RejectReason::kNone);
      }
    }
  }
}

TEST_P(CodecConformance, ACutPacketOfItsOwnNumberGivesNothing) {
  if (!NumbersPackets()) GTEST_SKIP() << "skipped: this venue numbers messages, not packets";
  const std::string sample = Sample(0);
  const test::Decoded whole = DecodePacket(*Make(), PacketBytes(sample).packet());
  EXPECT_EQ(whole.frame.number_count, 1u);
  for (size_t length = 0; length < sample.size(); ++length) {
    const PacketBytes bytes(sample.substr(0, length), 0xA5);
    const std::unique_ptr<Codec> codec = Make();
    const test::Decoded cut = DecodePacket(*codec, bytes.packet());
    if (cut.frame.kind == FrameKind::kRejected) {
      EXPECT_NE(cut.frame.reject, RejectReason::kNone);
    } else if (cut.frame.lost_in_tail == 0) {
      // A cut between two messages is not to be seen where no header counts them.
      EXPECT_LT(cut.frame.message_count, whole.frame.message_count);
    } else {
      EXPECT_EQ(cut.frame.number_count, 0u) << "cut at " << length;
      EXPECT_EQ(cut.frame.lost_in_tail, 1u);
      EXPECT_EQ(codec->stats().damaged_tails, 1u);
      EXPECT_TRUE(cut.updates.empty());
    }
  }
}

// Of a codec that has seen one packet.
void ExpectConsistentCounts(const CodecStats& stats, const test::Decoded& decoded) {
  const PacketFrame& frame = decoded.frame;
  EXPECT_EQ(stats.packets, 1u);
  EXPECT_EQ(stats.messages, frame.number_count == 0 ? 0 : frame.message_count);
  EXPECT_EQ(stats.updates, decoded.updates.size());
  EXPECT_LE(stats.malformed + stats.unknown + stats.unmapped, stats.messages);
  EXPECT_EQ(stats.too_short, frame.reject == RejectReason::kTooShort ? 1u : 0u);
  EXPECT_EQ(stats.foreign, frame.reject == RejectReason::kForeign ? 1u : 0u);
  EXPECT_EQ(stats.bad_length, frame.reject == RejectReason::kBadLength ? 1u : 0u);
  EXPECT_EQ(stats.damaged_tails, frame.lost_in_tail != 0 ? 1u : 0u);
  EXPECT_EQ(stats.trailing_bytes, frame.trailing_bytes ? 1u : 0u);
  EXPECT_EQ(frame.kind == FrameKind::kRejected, frame.reject != RejectReason::kNone);
}

TEST_P(CodecConformance, RandomDamageIsSurvivedAndBytesBehindThePacketDoNotMatter) {
  std::mt19937_64 random(20191230);
  for (uint64_t round = 0; round < 400; ++round) {
    std::string damaged = Sample(round % kSamples);
    for (uint64_t i = 0, count = 1 + random() % 8; i < count; ++i) {
      damaged[random() % damaged.size()] = static_cast<char>(random());
    }
    if (round % 3 == 0) damaged.resize(random() % damaged.size());
    InstrumentStore first_table(600);
    InstrumentStore second_table(600);
    const PacketBytes first(damaged, 0x00);
    const PacketBytes second(damaged, 0xFF);
    const std::unique_ptr<Codec> codec = Make(&first_table);
    const test::Decoded decoded = DecodePacket(*codec, first.packet());
    const test::Decoded again = DecodePacket(*Make(&second_table, true), second.packet());
    EXPECT_TRUE(SameUpdates(decoded.updates, again.updates));
    EXPECT_EQ(decoded.frame.kind, again.frame.kind);
    EXPECT_EQ(decoded.frame.message_count, again.frame.message_count);
    ExpectConsistentCounts(codec->stats(), decoded);
    if (decoded.frame.kind != FrameKind::kMessages) continue;
    const std::vector<test::DescribedMessage> messages =
        DescribePacket(*codec, first.packet(), decoded.frame);
    // Where only decoding shows the damage, what is damaged is shown too, with the reason.
    EXPECT_GE(messages.size(), decoded.frame.message_count);
    EXPECT_LE(messages.size(), decoded.frame.message_count + decoded.frame.lost_in_tail);
    const auto nameless = std::count_if(
        messages.begin(), messages.end(),
        [](const test::DescribedMessage& message) { return message.info == nullptr; });
    if (decoded.frame.number_count == 0) continue;
    EXPECT_GE(codec->stats().malformed + codec->stats().unknown, static_cast<uint64_t>(nameless));
  }
}

TEST_P(CodecConformance, DescriptionsCoverEveryMessageAndEveryField) {
  std::set<uint32_t> seen;
  for (uint64_t seed = 0; seed < 10 * kSamples; ++seed) {
    const PacketBytes bytes(Sample(seed));
    const std::unique_ptr<Codec> codec = Make();
    PacketFrame frame;
    codec->Frame({&bytes.packet(), 1}, {&frame, 1});
    uint64_t sequence = frame.first_sequence;
    const std::vector<test::DescribedMessage> messages =
        DescribePacket(*codec, bytes.packet(), frame);
    ASSERT_EQ(messages.size(), frame.message_count);
    for (const test::DescribedMessage& message : messages) {
      EXPECT_EQ(message.sequence, sequence);
      sequence += NumbersPackets() ? 0 : 1;
      EXPECT_TRUE(message.ended);
      ASSERT_NE(message.info, nullptr) << message.why;
      seen.insert(message.info->type);
      ASSERT_EQ(message.fields.size(), message.info->fields.size());
      for (size_t i = 0; i < message.fields.size(); ++i) {
        EXPECT_EQ(message.fields[i].info, message.info->fields[i]);
      }
      if (!message.info->has_places) continue;
      for (const test::DescribedField& field : message.fields) {
        if (field.info->presence == Presence::kConstant) continue;
        EXPECT_EQ(field.bytes.data(), message.bytes.data() + field.info->offset);
        EXPECT_EQ(field.bytes.size(), field.info->length);
      }
    }
  }
  EXPECT_EQ(seen.size(), GetParam()->messages.size()) << "samples hold every type";
}

TEST_P(CodecConformance, AnUnknownFramingIsRefusedByName) {
  CodecOptions options;
  options.framing = "carrier_pigeon";
  const absl::Status status = GetParam()->make(options).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(std::string(status.message()).find("carrier_pigeon"), std::string::npos) << status;
}

INSTANTIATE_TEST_SUITE_P(Registry, CodecConformance, testing::ValuesIn(test::ConformanceSubjects()),
                         [](const testing::TestParamInfo<const CodecInfo*>& codec) {
                           return std::string(codec.param->name);
                         });

}  // namespace
}  // namespace fh::codecs
