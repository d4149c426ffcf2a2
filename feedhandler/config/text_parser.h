// Protobuf text format into a message, with errors that a person can act on: the place of the key
// itself, the keys or values that are accepted, and the one that was probably meant.
#ifndef FEEDHANDLER_FEEDHANDLER_CONFIG_TEXT_PARSER_H_
#define FEEDHANDLER_FEEDHANDLER_CONFIG_TEXT_PARSER_H_

#include <google/protobuf/message.h>
#include <google/protobuf/text_format.h>

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "feedhandler/config/report.h"

namespace fh::config_internal {

// Fills `message` and the places of its fields. False, with at least one error in `report`, when
// the text is not a message of this type; every unknown key is reported, and the first error of
// another kind, after which nothing more can be understood.
bool ParseText(absl::string_view text, const SourceText& source, google::protobuf::Message& message,
               google::protobuf::TextFormat::ParseInfoTree& places, Report& report);

// What goes between "unknown word" and the list of what there is: "; did you mean "x"? " when one
// of the candidates is near, else "; ".
std::string Suggestion(absl::string_view word, const std::vector<std::string>& candidates);

}  // namespace fh::config_internal

#endif  // FEEDHANDLER_FEEDHANDLER_CONFIG_TEXT_PARSER_H_
