// The messages of a codec as a document for people: what `feedhandler codecs --describe` prints.
//
//   const CodecInfo& info = **codecs::FindCodec("itch50");
//   Print(MessageListDoc(info, DocFormat::kText));                // Its messages, a line each.
//   const absl::StatusOr<const codecs::MessageInfo*> found = FindMessage(info, "add_order");
//   if (!found.ok()) Fail(found.status());                        // "...; did you mean ..."
//   Print(MessageDoc(info, **found, DocFormat::kMarkdown));       // Every field of one.
//
// All of it is made from the descriptions that the codec itself decodes by, so that it cannot be out
// of date. Pure functions; any thread; they allocate.
#ifndef FEEDHANDLER_FEEDHANDLER_INSPECT_MESSAGE_DOC_H_
#define FEEDHANDLER_FEEDHANDLER_INSPECT_MESSAGE_DOC_H_

#include <map>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "codecs/codec.h"

namespace fh {

enum class DocFormat { kText, kMarkdown, kJson };

// By its name ("add_order"), its letter ("A"), or its number, decimal or as hexadecimal with 0x
// ("35", "0x21"). NotFound says what was probably meant, and what there is.
absl::StatusOr<const codecs::MessageInfo*> FindMessage(const codecs::CodecInfo& info,
                                                       absl::string_view name_or_type);

// Type, name, length, and what updates of the codec's own sample each message became.
std::string MessageListDoc(const codecs::CodecInfo& info, DocFormat format);

// Every field with its place, type, scale, named values, null value and first version; groups and
// data of variable length with theirs.
std::string MessageDoc(const codecs::CodecInfo& info, const codecs::MessageInfo& message,
                       DocFormat format);

// Of each message in the codec's samples, the updates that it becomes: "order A", "trade T". A
// message that becomes none has an empty set, one that is in no sample is not there. Of packets that
// have the numbers each message is taken out and decoded alone, unless a checksum forbids it.
std::map<const codecs::MessageInfo*, std::set<std::string>> UpdatesOfSamples(
    const codecs::CodecInfo& info);

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_INSPECT_MESSAGE_DOC_H_
