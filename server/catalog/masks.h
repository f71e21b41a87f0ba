// Sets of channels and message classes as bit masks: bit (1 << enum value).
#ifndef DNC_SERVER_CATALOG_MASKS_H_
#define DNC_SERVER_CATALOG_MASKS_H_

#include <cstdint>

#include "dnc/v1/contact.pb.h"
#include "google/protobuf/repeated_field.h"

namespace dnc {

template <typename Enum>
constexpr uint32_t Bit(Enum value) {
  return 1u << static_cast<uint32_t>(value);
}

// The mask of a repeated enum field; 0 where it is empty.
inline uint32_t MaskOf(const google::protobuf::RepeatedField<int>& values) {
  uint32_t mask = 0;
  for (const int value : values) mask |= 1u << static_cast<uint32_t>(value);
  return mask;
}

// An entry's mask 0 means all channels.
inline bool ChannelBlocked(uint32_t mask, v1::Channel channel) {
  return mask == 0 || (mask & Bit(channel)) != 0;
}

// A question that leaves its class open is about marketing.
inline v1::MessageClass EffectiveClass(v1::MessageClass message_class) {
  return message_class == v1::MESSAGE_CLASS_UNSPECIFIED ? v1::MESSAGE_CLASS_MARKETING
                                                        : message_class;
}

// An entry's mask 0 means every class but EMERGENCY.
inline bool ClassBlocked(uint32_t mask, v1::MessageClass message_class) {
  return mask == 0 ? message_class != v1::MESSAGE_CLASS_EMERGENCY
                   : (mask & Bit(EffectiveClass(message_class))) != 0;
}

// Whether `wide` blocks everything that `narrow` blocks, for masks in which 0 means `all`.
inline bool MaskCovers(uint32_t wide, uint32_t narrow, uint32_t all) {
  const uint32_t wide_bits = wide == 0 ? all : wide;
  const uint32_t narrow_bits = narrow == 0 ? all : narrow;
  return (wide_bits & narrow_bits) == narrow_bits;
}

inline constexpr uint32_t kAllChannels = 0x7e;
inline constexpr uint32_t kAllClassesButEmergency =
    Bit(v1::MESSAGE_CLASS_MARKETING) | Bit(v1::MESSAGE_CLASS_TRANSACTIONAL);

}  // namespace dnc

#endif  // DNC_SERVER_CATALOG_MASKS_H_
