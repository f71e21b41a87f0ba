// Re-consent: an action's operation that ends what restricts a lead.
#ifndef DNC_SERVER_STATE_RECONSENT_H_
#define DNC_SERVER_STATE_RECONSENT_H_

#include <vector>

#include "dnc/v1/action.pb.h"
#include "server/state/leads.h"

namespace dnc {

// Ends the lead's nurture period, and revokes the entries of the lead and its contact points that
// the operation names, with the request's evidence. What an entry blocks beside the operation's
// channels goes on as a new entry. Of a contact point that is not among `own`, since the request
// itself gave it to the lead, it revokes only what it got from the lead's entries by that. The
// caller writes the lead. CONSENT_OLDER_THAN_OPT_OUT where the request's time is not later than an
// entry's last request.
absl::Status RemoveRestriction(Txn& txn, const CatalogOrganization& organization,
                               const v1::RemoveRestriction& operation,
                               const v1::ApplyActionRequest& request,
                               const std::vector<ContactPoint>& own, LeadEdit* lead,
                               v1::OperationResult* result);

}  // namespace dnc

#endif  // DNC_SERVER_STATE_RECONSENT_H_
