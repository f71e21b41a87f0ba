// The full list of the U.S. National Do Not Call Registry as XML. Internal to this folder.
#ifndef DNC_SERVER_REGISTRY_FTC_XML_PARSER_H_
#define DNC_SERVER_REGISTRY_FTC_XML_PARSER_H_

#include <expat.h>

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "server/registry/format_parser.h"

namespace dnc {

// Reads
//   list  = <list [val='AAA'] …> *( area / phone ) </list>
//   area  = <ac val='AAA'> *phone </ac>
//   phone = <ph val='NNNNNNN'/>
// where AAA is the area code (of the list, for numbers outside an <ac>) and NNNNNNN the number,
// padded with zeros on the left where it is shorter.
//
// The errors, all INVALID_ARGUMENT with the line: XML that is not well-formed or cut short, other
// elements, text between them, a list of type "change", an <ac> without an area code. A document
// type is refused, so no entity can be declared that expands without bound. Not thread-safe.
class FtcXmlParser : public FormatParser {
 public:
  // `emitter` outlives the parser.
  explicit FtcXmlParser(RowEmitter* emitter);

  absl::Status Feed(absl::string_view bytes) override;
  absl::Status Finish() override;

 private:
  enum class Place : uint8_t { kOutside, kList, kArea, kPhone };

  static void OnStart(void* self, const XML_Char* name, const XML_Char** attributes);
  static void OnEnd(void* self, const XML_Char* name);
  static void OnText(void* self, const XML_Char* text, int size);
  static void OnDocumentType(void* self, const XML_Char* name, const XML_Char* system_id,
                             const XML_Char* public_id, int has_internal_subset);

  absl::Status Parse(absl::string_view bytes, bool last);
  void StartElement(absl::string_view name, const XML_Char** attributes);
  void StartList(const XML_Char** attributes);
  void StartArea(const XML_Char** attributes);
  void StartPhone(const XML_Char** attributes);
  void Fail(absl::string_view what);
  uint64_t line() const { return XML_GetCurrentLineNumber(parser_.get()); }

  RowEmitter* const emitter_;
  const std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser_;
  absl::Status status_;
  Place place_ = Place::kOutside;
  Place phone_parent_ = Place::kList;
  std::string list_area_;  // the area code of the list; or empty
  std::string area_;       // the one that applies at this place; or empty
  int64_t fed_bytes_ = 0;
};

}  // namespace dnc

#endif  // DNC_SERVER_REGISTRY_FTC_XML_PARSER_H_
