// What a check leaves behind at once: a few hundred bytes without pointers, written on the thread
// that answers. Everything dear (hashes, masks, the record itself) is made of it later. The bytes
// never leave the process.
#ifndef DNC_SERVER_RECORDING_DECISION_EVENT_H_
#define DNC_SERVER_RECORDING_DECISION_EVENT_H_

#include "absl/strings/string_view.h"
#include "server/decision/decide.h"
#include "server/decision/facts.h"
#include "server/recording/event_bytes.h"
#include "storage/base/clock.h"
#include "storage/recording/decision_page.h"
#include "storage/recording/secret.h"

namespace dnc {

// A new id for a decision of that time: unique.
DecisionId NewDecisionId(UnixMicros now);

// A check of the facts' contact points, and of `lead` unless it is empty.
void WriteCheckEvent(const DecisionContext& context, const DecisionId& id, absl::string_view lead,
                     const Facts& facts, const Decision& decision, EventWriter* writer);

// Adds the record that an event makes. Contact points are masked, and hashed with the secret. The
// result is when the check was judged.
UnixMicros ReadEvent(absl::string_view event, const Secret& secret, PageBuilder* records);

}  // namespace dnc

#endif  // DNC_SERVER_RECORDING_DECISION_EVENT_H_
