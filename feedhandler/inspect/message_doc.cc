#include "feedhandler/inspect/message_doc.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "codecs/instrument_store.h"
#include "codecs/json_writer.h"
#include "codecs/update_names.h"
#include "codecs/value.h"
#include "feedhandler/config/text_parser.h"
#include "feedhandler/inspect/codecs_readme.h"
#include "feedhandler/inspect/column_table.h"

namespace fh {
namespace {

using codecs::BlockInfo;
using codecs::CodecInfo;
using codecs::DataInfo;
using codecs::FieldInfo;
using codecs::FieldKind;
using codecs::GroupInfo;
using codecs::MessageInfo;
using codecs::NamedValue;
using codecs::Presence;
using codecs::WireNumber;

// Named values of a field stand beside it in lines of about this width.
constexpr size_t kNoteWidth = 56;
// Left out by who names a message in a hurry.
constexpr char kMessageSuffix[] = "_message";
// Samples of a codec that are looked through for what messages become.
constexpr uint64_t kSamples = 2'000;

bool IsLetter(uint64_t value) { return value > 0x20 && value < 0x7f; }

// ---- What the parts of a description are called ----

std::string TypeText(const MessageInfo& message) {
  if (!message.is_template && IsLetter(message.type)) {
    return std::string(1, static_cast<char>(message.type));
  }
  return absl::StrCat(message.type);
}

// "101 bytes", or what stands for it where nothing has a fixed place.
std::string LengthText(const MessageInfo& message) {
  if (!message.has_places) return "as the bytes say";
  const bool more = !message.groups.empty() || !message.data.empty();
  return absl::StrCat(message.length, more ? " bytes and what follows" : " bytes");
}

bool IsPartOfNumber(const FieldInfo& field) {
  return field.length > 1 && !codecs::IsText(field) && field.kind != FieldKind::kPadding &&
         field.presence != Presence::kConstant;
}

// Whether the numbers of a block, and of all below, are all of one byte order: that; else nothing.
struct ByteOrder {
  bool has_big = false;
  bool has_little = false;

  void Take(const BlockInfo& block) {
    for (const FieldInfo* field : block.fields) {
      if (IsPartOfNumber(*field)) (field->big_endian ? has_big : has_little) = true;
    }
    for (const GroupInfo* group : block.groups) Take(group->block());
  }
  bool mixed() const { return has_big && has_little; }
};

const char* OrderName(bool big_endian) { return big_endian ? "big-endian" : "little-endian"; }

std::string DecimalsText(const FieldInfo& field) {
  if (field.decimals == 0) return "decimal, scale told elsewhere";
  if (field.decimals < 0)
    return absl::StrCat("decimal, in units of 1", std::string(-field.decimals, '0'));
  return absl::StrCat("decimal, ", int{field.decimals}, " places");
}

std::string KindText(const FieldInfo& field) {
  switch (field.kind) {
    case FieldKind::kUnsigned:
      return "unsigned";
    case FieldKind::kSigned:
      return "signed";
    case FieldKind::kDecimal:
      return DecimalsText(field) + (field.is_signed ? ", signed" : "");
    case FieldKind::kAlpha:
      return "text";
    case FieldKind::kChar:
      return "letter";
    case FieldKind::kFlags:
      return "bits";
    case FieldKind::kUnixNs:
      return "ns since 1970 UTC";
    case FieldKind::kUnixMs:
      return "ms since 1970 UTC";
    case FieldKind::kUnixSeconds:
      return "s since 1970 UTC";
    case FieldKind::kNsSinceMidnight:
      return "ns since midnight";
    case FieldKind::kSecondsSinceMidnight:
      return "s since midnight";
    case FieldKind::kUnixDays:
      return "days since 1970";
    case FieldKind::kScaled:
      return "mantissa, exponent";
    case FieldKind::kFloat:
      return "IEEE 754";
    case FieldKind::kPadding:
      return "unused";
  }
  return "";
}

std::string FieldType(const FieldInfo& field, bool with_order) {
  std::string type = KindText(field);
  if (with_order && IsPartOfNumber(field)) {
    absl::StrAppend(&type, ", ", OrderName(field.big_endian));
  }
  return type;
}

std::string NumberText(const FieldInfo& field, uint64_t number) {
  if (field.kind == FieldKind::kChar && IsLetter(number)) {
    return std::string(1, static_cast<char>(number));
  }
  return field.is_signed ? absl::StrCat(static_cast<int64_t>(number)) : absl::StrCat(number);
}

// "B Buy", "bit 3 EndOfEvent".
std::string NamedText(const FieldInfo& field, const NamedValue& named) {
  const bool is_bit = field.kind == FieldKind::kFlags;
  return absl::StrCat(is_bit ? "bit " : "", NumberText(field, named.value), " ", named.name);
}

std::optional<std::string> NullText(const FieldInfo& field) {
  if (field.presence != Presence::kOptional) return std::nullopt;
  if (field.kind == FieldKind::kAlpha) return "blank";
  return NumberText(field, field.number);
}

std::optional<std::string> ConstantText(const FieldInfo& field) {
  if (field.presence != Presence::kConstant) return std::nullopt;
  return field.constant_text != nullptr ? field.constant_text : NumberText(field, field.number);
}

std::string WireText(const WireNumber& number, const char* what) {
  if (number.length == 0) return "";
  return absl::StrCat(what, " in ", number.length, number.length == 1 ? " byte at " : " bytes at ",
                      number.offset);
}

std::string AnnouncedText(const GroupInfo& group) {
  std::vector<std::string> parts = {WireText(group.block_length, "entry length"),
                                    WireText(group.count, "count")};
  std::erase(parts, "");
  return absl::StrJoin(parts, ", ");
}

// ---- Rows: a line for each field, group and data, in wire order ----

struct DocRow {
  size_t depth = 0;  // Of groups around it.
  std::string offset;
  std::string bytes;
  std::string name;
  std::string type;
  std::vector<std::string> notes;  // Constant, null, since; then a name each.
};

void AddSince(uint16_t since, DocRow& row) {
  if (since != 0) row.notes.push_back(absl::StrCat("since version ", since));
}

DocRow FieldRow(const FieldInfo& field, size_t depth, bool has_places, bool with_order) {
  DocRow row{.depth = depth, .name = field.name, .type = FieldType(field, with_order)};
  if (const auto constant = ConstantText(field)) {
    row.notes.push_back(absl::StrCat("always ", *constant));
  } else if (has_places) {
    row.offset = absl::StrCat(field.offset);
    row.bytes = absl::StrCat(field.length);
  }
  if (const auto null = NullText(field)) row.notes.push_back(absl::StrCat("null: ", *null));
  AddSince(field.since, row);
  for (const NamedValue& named : field.names) row.notes.push_back(NamedText(field, named));
  return row;
}

void AddRows(const BlockInfo& block, size_t depth, bool has_places, bool with_order,
             std::vector<DocRow>& rows) {
  for (const FieldInfo* field : block.fields) {
    rows.push_back(FieldRow(*field, depth, has_places, with_order));
  }
  for (const GroupInfo* group : block.groups) {
    DocRow& row = rows.emplace_back(DocRow{.depth = depth, .name = group->name, .type = "group"});
    if (has_places) {
      row.bytes = absl::StrCat(group->announcement_bytes);
      row.notes.push_back(AnnouncedText(*group));
    }
    std::erase(row.notes, "");
    AddSince(group->since, row);
    AddRows(group->block(), depth + 1, has_places, with_order, rows);
  }
  for (const DataInfo* data : block.data) {
    DocRow& row = rows.emplace_back(
        DocRow{.depth = depth, .name = data->field.name, .type = "text of variable length"});
    row.bytes = absl::StrCat(data->announcement_bytes);
    row.notes.push_back(WireText(data->length, "length"));
    AddSince(data->since, row);
  }
}

std::vector<DocRow> RowsOf(const MessageInfo& message, bool with_order) {
  std::vector<DocRow> rows;
  AddRows(message.block(), 0, message.has_places, with_order, rows);
  return rows;
}

// Notes in lines of at most kNoteWidth, one that is longer in a line of its own.
std::vector<std::string> Wrapped(const std::vector<std::string>& notes) {
  std::vector<std::string> lines = {""};
  for (const std::string& note : notes) {
    if (!lines.back().empty() && lines.back().size() + 2 + note.size() > kNoteWidth) {
      lines.back() += ',';
      lines.emplace_back();
    }
    absl::StrAppend(&lines.back(), lines.back().empty() ? "" : ", ", note);
  }
  return lines;
}

std::string Heading(const CodecInfo& info, const MessageInfo& message, const ByteOrder& order) {
  std::string text = absl::StrCat("Type ", TypeText(message), ", ", LengthText(message), ", of ",
                                  info.name, " (", info.specification, ").");
  if (message.has_places) {
    absl::StrAppend(&text, " Offsets count from the message's first byte",
                    message.groups.empty() ? "" : ", in a group from its entry's", ".");
  }
  if (order.has_big != order.has_little) {
    absl::StrAppend(&text, " Numbers are ", OrderName(order.has_big), ".");
  }
  return text;
}

std::string TextDoc(const CodecInfo& info, const MessageInfo& message) {
  ByteOrder order;
  order.Take(message.block());
  ColumnTable table({{"offset", ColumnTable::kRight},
                     {"bytes", ColumnTable::kRight},
                     {"field"},
                     {"type"},
                     {"values"}});
  for (const DocRow& row : RowsOf(message, order.mixed())) {
    const std::vector<std::string> notes = Wrapped(row.notes);
    const std::string indent(2 * row.depth, ' ');
    table.AddRow({row.offset, row.bytes, indent + row.name, row.type, notes[0]});
    for (size_t i = 1; i < notes.size(); ++i) table.AddRow({"", "", "", "", notes[i]});
  }
  return absl::StrCat(message.name, "\n", Heading(info, message, order), "\n\n", table.Text("  "));
}

std::string MarkdownCell(absl::string_view text) {
  return absl::StrReplaceAll(text, {{"|", "\\|"}, {"\n", " "}});
}

std::string MarkdownRow(const std::vector<std::string>& cells) {
  std::string text = "|";
  for (const std::string& cell : cells) absl::StrAppend(&text, " ", MarkdownCell(cell), " |");
  return text + "\n";
}

std::string MarkdownDoc(const CodecInfo& info, const MessageInfo& message) {
  ByteOrder order;
  order.Take(message.block());
  std::string text = absl::StrCat("## ", message.name, "\n\n", Heading(info, message, order),
                                  "\n\n| offset | bytes | field | type | values |\n"
                                  "|---:|---:|---|---|---|\n");
  std::vector<std::string> path;
  for (const DocRow& row : RowsOf(message, order.mixed())) {
    path.resize(row.depth);
    const std::string name =
        absl::StrCat(absl::StrJoin(path, ""), row.name, row.type == "group" ? "[]" : "");
    absl::StrAppend(&text, MarkdownRow({row.offset, row.bytes, absl::StrCat("`", name, "`"),
                                        row.type, absl::StrJoin(row.notes, "; ")}));
    if (row.type == "group") path.push_back(absl::StrCat(row.name, "[]."));
  }
  return text;
}

// ---- JSON ----

void JsonText(const char* key, const std::optional<std::string>& text, JsonWriter& json) {
  if (text.has_value()) json.Key(key).Text(*text);
}

void JsonField(const FieldInfo& field, bool has_places, JsonWriter& json) {
  json.BeginObject().Key("name").Text(field.name).Key("type").Text(KindText(field));
  if (has_places && field.presence != Presence::kConstant) {
    json.Key("offset").Number(field.offset).Key("length").Number(field.length);
  }
  if (IsPartOfNumber(field)) json.Key("byte_order").Text(OrderName(field.big_endian));
  if (field.kind == FieldKind::kDecimal) json.Key("decimals").Number(int{field.decimals});
  JsonText("constant", ConstantText(field), json);
  JsonText("null", NullText(field), json);
  if (field.since != 0) json.Key("since").Number(field.since);
  if (!field.names.empty()) {
    json.Key(field.kind == FieldKind::kFlags ? "bits" : "values").BeginObject();
    for (const NamedValue& named : field.names) {
      json.Key(NumberText(field, named.value)).Text(named.name);
    }
    json.EndObject();
  }
  json.EndObject();
}

void JsonWire(const char* key, const WireNumber& number, JsonWriter& json) {
  if (number.length == 0) return;
  json.Key(key).BeginObject().Key("offset").Number(number.offset);
  json.Key("length").Number(number.length).EndObject();
}

void JsonBlock(const BlockInfo& block, bool has_places, JsonWriter& json) {
  json.Key("fields").BeginArray();
  for (const FieldInfo* field : block.fields) JsonField(*field, has_places, json);
  json.EndArray();
  json.Key("groups").BeginArray();
  for (const GroupInfo* group : block.groups) {
    json.BeginObject().Key("name").Text(group->name);
    if (has_places) json.Key("announcement_bytes").Number(group->announcement_bytes);
    JsonWire("entry_length", group->block_length, json);
    JsonWire("count", group->count, json);
    if (group->since != 0) json.Key("since").Number(group->since);
    JsonBlock(group->block(), has_places, json);
    json.EndObject();
  }
  json.EndArray().Key("data").BeginArray();
  for (const DataInfo* data : block.data) {
    json.BeginObject().Key("name").Text(data->field.name);
    JsonWire("length", data->length, json);
    if (data->since != 0) json.Key("since").Number(data->since);
    json.EndObject();
  }
  json.EndArray();
}

std::string JsonDoc(const CodecInfo& info, const MessageInfo& message) {
  JsonWriter json;
  json.BeginObject().Key("codec").Text(info.name).Key("message").Text(message.name);
  json.Key("type").Text(TypeText(message)).Key("length").Number(message.length);
  json.Key("specification").Text(info.specification);
  JsonBlock(message.block(), message.has_places, json);
  json.EndObject().EndLine();
  return json.text();
}

// ---- What messages become ----

std::string UpdateText(const codecs::NormalizedUpdate& update) {
  std::string text(codecs::NameOf(codecs::kRecordNames, update.record));
  switch (update.record) {
    case FH_RECORD_ORDER:
    case FH_RECORD_LEVEL:
    case FH_RECORD_TOP:
    case FH_RECORD_TRADE:
      return absl::StrCat(text, " ", std::string(1, update.action));
    default:
      return text;
  }
}

class MessagesOf final : public codecs::MessageVisitor {
 public:
  void BeginMessage(uint64_t, const MessageInfo* info, std::span<const uint8_t> bytes,
                    const char*) override {
    messages.push_back(info);
    places.push_back(bytes);
  }
  void Field(const FieldInfo&, const codecs::Value&) override {}
  void EndMessage() override {}

  std::vector<const MessageInfo*> messages;
  std::vector<std::span<const uint8_t>> places;
};

// Each message of a sample behind the header, alone; what stands before each is as long as between two.
std::vector<std::string> MessagesApart(const std::string& sample, const rio::Packet& packet,
                                       const MessagesOf& described) {
  const auto& places = described.places;
  std::vector<std::string> apart;
  if (places.size() < 2) return apart;
  const auto begin = [&](size_t i) { return static_cast<size_t>(places[i].data() - packet.data); };
  const size_t first_end = begin(0) + places[0].size();
  if (begin(1) < first_end || begin(1) - first_end > begin(0)) return apart;
  const size_t prefix = begin(1) - first_end;
  for (size_t i = 0; i < places.size(); ++i) {
    apart.push_back(sample.substr(0, begin(0) - prefix) +
                    sample.substr(begin(i) - prefix, prefix + places[i].size()));
  }
  return apart;
}

std::set<std::string> UpdatesOf(codecs::Codec& codec, const codecs::DecodeJob& job) {
  std::vector<codecs::NormalizedUpdate> slots(std::bit_ceil(codec.MaxUpdates(job) + 1));
  codecs::UpdateWriter writer(slots.data(), slots.size() - 1, 0);
  codec.Decode({&job, 1}, writer);
  std::set<std::string> texts;
  for (uint64_t i = 0; i < writer.next(); ++i) texts.insert(UpdateText(slots[i]));
  return texts;
}

void TakeSample(codecs::Codec& codec, const std::string& sample,
                std::map<const MessageInfo*, std::set<std::string>>& updates) {
  // Codecs may read so far past the end.
  std::vector<uint8_t> bytes(sample.size() + rio::kReadablePastEnd);
  std::memcpy(bytes.data(), sample.data(), sample.size());
  rio::Packet packet{};
  packet.data = bytes.data();
  packet.length = static_cast<uint32_t>(sample.size());
  codecs::PacketFrame frame;
  codec.Frame({&packet, 1}, {&frame, 1});
  MessagesOf described;
  codec.Describe(packet, frame, described);
  std::vector<const MessageInfo*>& messages = described.messages;
  const bool numbers_packets = codec.numbering().unit == codecs::Numbering::Unit::kPackets;
  if (numbers_packets) {
    // What has no fields (FAST's reset) becomes nothing.
    std::erase_if(messages, [](const MessageInfo* message) { return message->fields.empty(); });
    const auto texts = UpdatesOf(codec, {&packet, &frame, 0, frame.number_count, 1, 0});
    const bool alike = std::adjacent_find(messages.begin(), messages.end(),
                                          std::not_equal_to<>()) == messages.end();
    if (alike && !messages.empty()) updates[messages[0]].insert(texts.begin(), texts.end());
    if (alike) return;
    for (const std::string& message : MessagesApart(sample, packet, described)) {
      // Events that others left open are not of this one.
      codec.OnEvent({codecs::StreamEvent::Kind::kStart, 0, 1, 0});
      TakeSample(codec, message, updates);
    }
    return;
  }
  for (uint32_t i = 0; i < frame.message_count && i < messages.size(); ++i) {
    const auto texts = UpdatesOf(codec, {&packet, &frame, i, 1, 1, 0});
    updates[messages[i]].insert(texts.begin(), texts.end());
  }
}

struct ListRow {
  std::string type;
  std::string name;
  std::string length;
  size_t fields;
  std::string updates;
};

std::vector<ListRow> ListRows(const CodecInfo& info) {
  const auto updates = UpdatesOfSamples(info);
  std::vector<ListRow> rows;
  for (const MessageInfo* message : info.messages) {
    const auto found = updates.find(message);
    std::string becomes;
    if (found != updates.end()) {
      becomes = found->second.empty() ? "none" : absl::StrJoin(found->second, ", ");
    }
    rows.push_back({TypeText(*message), message->name,
                    message->has_places ? absl::StrCat(message->length) : "",
                    message->fields.size(), becomes});
  }
  return rows;
}

constexpr char kUpdatesNote[] =
    "Updates are what messages of the codec's own sample become, where it has them alone.";

// The codec's rows of codecs/README.md, by constant: "FH_RECORD_ORDER", "A, F, E ...".
struct Meaning {
  std::string constant;
  std::string text;
};

std::vector<Meaning> MeaningsOf(const CodecInfo& info) {
  std::vector<Meaning> meanings;
  const std::string row = absl::StrCat("| `", info.name, "` | ");
  std::string constant;
  for (absl::string_view line : absl::StrSplit(CodecsReadme(), '\n')) {
    if (absl::ConsumePrefix(&line, "### ")) {
      constant = absl::StrReplaceAll(line, {{"`", ""}});
    } else if (absl::ConsumePrefix(&line, row) && absl::ConsumeSuffix(&line, " |")) {
      if (line != "—") meanings.push_back({constant, std::string(line)});
    }
  }
  return meanings;
}

std::string ListJson(const CodecInfo& info) {
  JsonWriter json;
  json.BeginObject().Key("codec").Text(info.name).Key("title").Text(info.title);
  json.Key("specification").Text(info.specification).Key("messages").BeginArray();
  const auto updates = UpdatesOfSamples(info);
  for (const MessageInfo* message : info.messages) {
    json.BeginObject().Key("type").Text(TypeText(*message)).Key("name").Text(message->name);
    json.Key("length").Number(message->length).Key("fields").Number(message->fields.size());
    if (const auto found = updates.find(message); found != updates.end()) {
      json.Key("updates").BeginArray();
      for (const std::string& update : found->second) json.Text(update);
      json.EndArray();
    }
    json.EndObject();
  }
  json.EndArray().Key("meanings").BeginObject();
  for (const Meaning& meaning : MeaningsOf(info)) json.Key(meaning.constant).Text(meaning.text);
  json.EndObject().EndObject().EndLine();
  return json.text();
}

}  // namespace

absl::StatusOr<const MessageInfo*> FindMessage(const CodecInfo& info,
                                               absl::string_view name_or_type) {
  std::vector<std::string> names;
  std::vector<std::string> short_names;
  for (const MessageInfo* message : info.messages) {
    const absl::string_view short_name = absl::StripSuffix(message->name, kMessageSuffix);
    if (name_or_type == message->name || name_or_type == short_name ||
        name_or_type == TypeText(*message)) {
      return message;
    }
    names.emplace_back(message->name);
    short_names.emplace_back(short_name);
  }
  uint32_t type = 0;
  const bool is_number = absl::StartsWithIgnoreCase(name_or_type, "0x")
                             ? absl::SimpleHexAtoi(name_or_type, &type)
                             : absl::SimpleAtoi(name_or_type, &type);
  for (const MessageInfo* message : info.messages) {
    if (is_number && message->type == type) return message;
  }
  return absl::NotFoundError(absl::StrCat(
      info.name, " has no message \"", name_or_type.substr(0, 60), "\"",
      config_internal::Suggestion(absl::StripSuffix(name_or_type, kMessageSuffix), short_names),
      "there are: ", absl::StrJoin(names, ", ")));
}

std::map<const MessageInfo*, std::set<std::string>> UpdatesOfSamples(const CodecInfo& info) {
  std::map<const MessageInfo*, std::set<std::string>> updates;
  codecs::InstrumentStore instruments(1 << 12);
  const auto codec = info.make({.instruments = &instruments});
  if (!codec.ok()) return updates;
  for (uint64_t seed = 0; seed < kSamples; ++seed) TakeSample(**codec, info.sample(seed), updates);
  return updates;
}

std::string MessageListDoc(const CodecInfo& info, DocFormat format) {
  if (format == DocFormat::kJson) return ListJson(info);
  const std::vector<ListRow> rows = ListRows(info);
  if (format == DocFormat::kMarkdown) {
    std::string text = absl::StrCat("# ", info.name, ": ", info.title, "\n\n", info.specification,
                                    "\n\n| type | message | bytes | fields | updates |\n"
                                    "|---|---|---:|---:|---|\n");
    for (const ListRow& row : rows) {
      absl::StrAppend(&text, MarkdownRow({row.type, absl::StrCat("`", row.name, "`"), row.length,
                                          absl::StrCat(row.fields), row.updates}));
    }
    absl::StrAppend(&text, "\n", kUpdatesNote, "\n");
    const std::vector<Meaning> meanings = MeaningsOf(info);
    if (!meanings.empty()) text += "\n| update | of which messages |\n|---|---|\n";
    for (const Meaning& meaning : meanings) {
      absl::StrAppend(&text, "| `", meaning.constant, "` | ", meaning.text, " |\n");
    }
    return text;
  }
  ColumnTable table({{"type", ColumnTable::kRight},
                     {"message"},
                     {"bytes", ColumnTable::kRight},
                     {"fields", ColumnTable::kRight},
                     {"updates"}});
  for (const ListRow& row : rows) {
    table.AddRow({row.type, row.name, row.length, absl::StrCat(row.fields), row.updates});
  }
  ColumnTable rules({{"update"}, {"of which messages"}});
  for (const Meaning& meaning : MeaningsOf(info)) rules.AddRow({meaning.constant, meaning.text});
  return absl::StrCat(
      info.name, ": ", info.title, "\n", info.specification, "\n\n", table.Text("  "), "\n",
      kUpdatesNote, "\n\n", rules.empty() ? "" : absl::StrCat(rules.Text("  "), "\n"),
      "The fields of a message: feedhandler codecs --describe ", info.name, " MESSAGE\n");
}

std::string MessageDoc(const CodecInfo& info, const MessageInfo& message, DocFormat format) {
  switch (format) {
    case DocFormat::kMarkdown:
      return MarkdownDoc(info, message);
    case DocFormat::kJson:
      return JsonDoc(info, message);
    case DocFormat::kText:
      break;
  }
  return TextDoc(info, message);
}

}  // namespace fh
