#include "server/decision/record_facts.h"

#include "dnc/storage/v1/record.pb.h"
#include "server/contact/text.h"
#include "server/name/resource_name.h"
#include "server/subject/subject.h"
#include "storage/base/wire.h"

namespace dnc {
namespace {

using storage::v1::EntrySummary;
using storage::v1::LeadRecord;
using storage::v1::LeadReference;
using storage::v1::LeadState;
using storage::v1::SubjectRecord;

bool ReadEntry(absl::string_view message, EntryFacts* entry) {
  WireReader reader(message);
  while (reader.Next()) {
    switch (reader.tag()) {
      case NumberTag(EntrySummary::kRevisionFieldNumber):
        entry->id.revision = reader.number();
        break;
      case NumberTag(EntrySummary::kOrdinalFieldNumber):
        entry->id.ordinal = reader.uint32();
        break;
      case NumberTag(EntrySummary::kListFieldNumber):
        entry->list = reader.uint32();
        break;
      case NumberTag(EntrySummary::kChannelsFieldNumber):
        entry->channels = reader.uint32();
        break;
      case NumberTag(EntrySummary::kMessageClassesFieldNumber):
        entry->message_classes = reader.uint32();
        break;
      case NumberTag(EntrySummary::kEffectiveTimeFieldNumber):
        entry->effective_time = reader.int64();
        break;
      case NumberTag(EntrySummary::kExpireTimeFieldNumber):
        entry->expire_time = reader.int64();
        break;
      case NumberTag(EntrySummary::kBegunFieldNumber):
        entry->begun = reader.boolean();
        break;
      default:
        break;
    }
  }
  return reader.ok();
}

bool ReadState(absl::string_view message, LeadStateFacts* state) {
  WireReader reader(message);
  while (reader.Next()) {
    switch (reader.tag()) {
      case NumberTag(LeadState::kStatusFieldNumber):
        state->status = reader.uint32();
        break;
      case NumberTag(LeadState::kStatusTimeFieldNumber):
        state->status_time = reader.int64();
        break;
      case NumberTag(LeadState::kNurtureUntilFieldNumber):
        state->nurture_until = reader.int64();
        break;
      case NumberTag(LeadState::kNurtureChannelsFieldNumber):
        state->nurture_channels = reader.uint32();
        break;
      case NumberTag(LeadState::kNurtureSinceFieldNumber):
        state->nurture_since = reader.int64();
        break;
      case BytesTag(LeadState::kEntriesFieldNumber):
        if (!ReadEntry(reader.bytes(), &state->entries.emplace_back())) return false;
        break;
      default:
        break;
    }
  }
  return reader.ok();
}

bool ReadLeadOfPoint(absl::string_view message, LeadOfPoint* lead) {
  bool has_state = false;
  WireReader reader(message);
  while (reader.Next()) {
    if (reader.tag() == BytesTag(LeadReference::kLeadFieldNumber)) {
      lead->lead = reader.bytes();
    } else if (reader.tag() == BytesTag(LeadReference::kStateFieldNumber)) {
      has_state = true;
      if (!ReadState(reader.bytes(), &lead->state)) return false;
    }
  }
  return reader.ok() && has_state && IsLeadId(lead->lead);  // answers name it
}

// An address that is none would be looked up in vain, and pass for clean.
bool ReadKeptPoint(absl::string_view message, ContactPoint* point) {
  ContactPointView kept;
  if (!ReadContactPoint(message, &kept) || kept.kind == v1::ContactPoint::ADDRESS_NOT_SET) {
    return false;
  }
  *point = FromCanonical(kept);
  return point->kind == ContactKind::kPhone
             ? point->phone != 0
             : !point->text.empty() && CheckUtf8(point->text, "address").ok();
}

bool ReadContactPoints(absl::string_view message, PointsOfLead* points) {
  WireReader reader(message);
  while (reader.Next()) {
    if (reader.tag() != BytesTag(v1::Lead::kContactPointsFieldNumber)) continue;
    if (!ReadKeptPoint(reader.bytes(), &points->emplace_back())) return false;
  }
  return reader.ok();
}

}  // namespace

bool ReadSubjectFacts(absl::string_view record, SubjectFacts* facts) {
  WireReader reader(record);
  while (reader.Next()) {
    if (reader.tag() == BytesTag(SubjectRecord::kEntriesFieldNumber)) {
      if (!ReadEntry(reader.bytes(), &facts->entries.emplace_back())) return false;
    } else if (reader.tag() == BytesTag(SubjectRecord::kLeadsFieldNumber)) {
      if (!ReadLeadOfPoint(reader.bytes(), &facts->leads.emplace_back())) return false;
    }
  }
  return reader.ok();
}

bool ReadLeadFacts(absl::string_view record, LeadStateFacts* state, PointsOfLead* points) {
  bool has_state = false;
  WireReader reader(record);
  while (reader.Next()) {
    if (reader.tag() == BytesTag(LeadRecord::kStateFieldNumber)) {
      has_state = true;
      if (!ReadState(reader.bytes(), state)) return false;
    } else if (reader.tag() == NumberTag(LeadRecord::kDeleteTimeFieldNumber)) {
      state->deleted = reader.int64() != 0;
    } else if (reader.tag() == BytesTag(LeadRecord::kLeadFieldNumber) && points != nullptr) {
      if (!ReadContactPoints(reader.bytes(), points)) return false;
    }
  }
  return reader.ok() && has_state;
}

}  // namespace dnc
