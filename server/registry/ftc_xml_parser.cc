#include "server/registry/ftc_xml_parser.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/registry/row_fields.h"
#include "storage/base/status_macros.h"

namespace dnc {
namespace {

// Expat keeps a tag until it is complete; none of these files has one longer than this.
constexpr size_t kPieceBytes = size_t{64} << 10;
constexpr int64_t kMaxTagBytes = int64_t{1} << 20;

// The value of the attribute; nullptr where the element lacks it.
const XML_Char* FindAttribute(const XML_Char** attributes, absl::string_view name) {
  for (; *attributes != nullptr; attributes += 2) {
    if (name == *attributes) return attributes[1];
  }
  return nullptr;
}

}  // namespace

FtcXmlParser::FtcXmlParser(RowEmitter* emitter)
    : emitter_(emitter), parser_(XML_ParserCreate(nullptr), &XML_ParserFree) {
  XML_SetUserData(parser_.get(), this);
  XML_SetElementHandler(parser_.get(), &OnStart, &OnEnd);
  XML_SetCharacterDataHandler(parser_.get(), &OnText);
  XML_SetStartDoctypeDeclHandler(parser_.get(), &OnDocumentType);
}

absl::Status FtcXmlParser::Feed(absl::string_view bytes) {
  while (!bytes.empty()) {
    const absl::string_view piece = bytes.substr(0, kPieceBytes);
    DNC_RETURN_IF_ERROR(Parse(piece, /*last=*/false));
    bytes.remove_prefix(piece.size());
  }
  return absl::OkStatus();
}

absl::Status FtcXmlParser::Finish() { return Parse("", /*last=*/true); }

absl::Status FtcXmlParser::Parse(absl::string_view bytes, bool last) {
  fed_bytes_ += static_cast<int64_t>(bytes.size());
  const XML_Status result =
      XML_Parse(parser_.get(), bytes.data(), static_cast<int>(bytes.size()), last);
  if (status_.ok() && result != XML_STATUS_OK) {
    Fail(absl::StrCat("the XML is not well-formed (",
                      XML_ErrorString(XML_GetErrorCode(parser_.get())),
                      "); if the file was cut short, fetch it again"));
  }
  if (status_.ok() && fed_bytes_ - XML_GetCurrentByteIndex(parser_.get()) > kMaxTagBytes) {
    Fail("a tag is longer than 1 MiB; is this a list of the FTC?");
  }
  return status_;
}

void FtcXmlParser::StartElement(absl::string_view name, const XML_Char** attributes) {
  if (name == "list" && place_ == Place::kOutside) {
    StartList(attributes);
  } else if (name == "ac" && place_ == Place::kList) {
    StartArea(attributes);
  } else if (name == "ph" && (place_ == Place::kList || place_ == Place::kArea)) {
    StartPhone(attributes);
  } else {
    Fail(absl::StrCat("the element <", name.substr(0, 40),
                      "> is not expected here; a list holds <ac val='…'> and <ph val='…'/> only"));
  }
}

void FtcXmlParser::StartList(const XML_Char** attributes) {
  place_ = Place::kList;
  const XML_Char* type = FindAttribute(attributes, "type");
  if (type != nullptr && absl::StartsWithIgnoreCase(type, "change")) {
    Fail("this is a change list; only full lists are read as XML, so fetch the text form");
  }
  // For other lists, as those of a state, val is not an area code.
  const XML_Char* area = FindAttribute(attributes, "val");
  if (area != nullptr && IsDigits(area, kAreaDigits)) {
    list_area_ = area;
    emitter_->AreaCode(list_area_);
  }
  area_ = list_area_;
}

void FtcXmlParser::StartArea(const XML_Char** attributes) {
  place_ = Place::kArea;
  const XML_Char* area = FindAttribute(attributes, "val");
  if (area == nullptr || !IsDigits(area, kAreaDigits)) {
    Fail("<ac> needs an area code of three digits, as <ac val='423'>");
    return;
  }
  area_ = area;
  emitter_->AreaCode(area_);
}

void FtcXmlParser::StartPhone(const XML_Char** attributes) {
  phone_parent_ = place_;
  place_ = Place::kPhone;
  const XML_Char* value = FindAttribute(attributes, "val");
  const absl::string_view local = value == nullptr ? "" : value;
  if (attributes[0] != nullptr && attributes[2] != nullptr) {
    Fail("<ph> has more than its val; is this a change list? Fetch the text form");
  } else if (local.empty()) {
    emitter_->Reject(line(), RejectCause::kMissingField, "is the val of a <ph>; it needs a number",
                     local);
  } else if (area_.empty()) {
    emitter_->Reject(line(), RejectCause::kMissingField,
                     "has no area code: neither an <ac> around it nor a val of the <list>", local);
  } else if (!IsDigits(local) || local.size() > kLocalDigits) {
    emitter_->Reject(line(), RejectCause::kMalformed, "is not a number of up to seven digits",
                     local);
  } else {
    const std::string padding(kLocalDigits - local.size(), '0');
    emitter_->AmericanPhone({.line = line()}, absl::StrCat(area_, padding, local));
  }
}

void FtcXmlParser::OnStart(void* self, const XML_Char* name, const XML_Char** attributes) {
  auto* parser = static_cast<FtcXmlParser*>(self);
  if (parser->status_.ok()) parser->StartElement(name, attributes);
}

void FtcXmlParser::OnEnd(void* self, const XML_Char*) {
  auto* parser = static_cast<FtcXmlParser*>(self);
  if (parser->place_ == Place::kPhone) {
    parser->place_ = parser->phone_parent_;
  } else if (parser->place_ == Place::kArea) {
    parser->place_ = Place::kList;
    parser->area_ = parser->list_area_;
  }
}

void FtcXmlParser::OnText(void* self, const XML_Char* text, int size) {
  const absl::string_view bytes(text, static_cast<size_t>(size));
  if (!absl::StripAsciiWhitespace(bytes).empty()) {
    static_cast<FtcXmlParser*>(self)->Fail(
        "there is text between the elements; numbers stand in <ph val='…'/>");
  }
}

void FtcXmlParser::OnDocumentType(void* self, const XML_Char*, const XML_Char*, const XML_Char*,
                                  int) {
  static_cast<FtcXmlParser*>(self)->Fail(
      "the file declares a document type (<!DOCTYPE>), which lists of the FTC do not; refused");
}

void FtcXmlParser::Fail(absl::string_view what) {
  if (!status_.ok()) return;
  status_ = absl::InvalidArgumentError(absl::StrCat("line ", line(), ": ", what));
  XML_StopParser(parser_.get(), /*resumable=*/false);
}

}  // namespace dnc
