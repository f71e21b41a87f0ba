#include "server/recording/contact_rules.h"

#include "google/protobuf/util/time_util.h"
#include "server/catalog/masks.h"

namespace dnc {
namespace {

using google::protobuf::util::TimeUtil;

bool SameOrOpen(const std::string& one, const std::string& other) {
  return one.empty() || other.empty() || one == other;
}

bool EndedBefore(bool has_end, const google::protobuf::Timestamp& end, UnixMicros time) {
  return has_end && TimeUtil::TimestampToMicroseconds(end) <= time;
}

}  // namespace

bool CheckFits(const storage::v1::RecordedDecision& check, const ContactMade& contact) {
  return check.channel() == contact.channel &&
         EffectiveClass(check.message_class()) == contact.message_class &&
         SameOrOpen(check.campaign(), contact.campaign) && SameOrOpen(check.brand(), contact.brand);
}

bool EntryBlocked(const v1::Entry& entry, const ContactMade& contact) {
  return BlockedSince(entry) <= contact.time &&
         !EndedBefore(entry.has_expire_time(), entry.expire_time(), contact.time) &&
         !EndedBefore(entry.has_revoke_time(), entry.revoke_time(), contact.time) &&
         ChannelBlocked(MaskOf(entry.channels()), contact.channel) &&
         ClassBlocked(MaskOf(entry.message_classes()), contact.message_class);
}

UnixMicros BlockedSince(const v1::Entry& entry) {
  return TimeUtil::TimestampToMicroseconds(entry.has_effective_time() ? entry.effective_time()
                                                                      : entry.create_time());
}

}  // namespace dnc
