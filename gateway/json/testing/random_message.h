// Random messages over descriptors, for tests. Equal seeds give equal messages.
#ifndef KAM_GATEWAY_JSON_TESTING_RANDOM_MESSAGE_H_
#define KAM_GATEWAY_JSON_TESTING_RANDOM_MESSAGE_H_

#include <cstdint>
#include <random>
#include <string>

#include "google/protobuf/message.h"

namespace kam::gateway {

class RandomMessage {
 public:
  explicit RandomMessage(uint64_t seed) : random_(seed) {}

  // Fills about one field in three; every value has a JSON form.
  void Fill(google::protobuf::Message* message) { Fill(message, 0); }

 private:
  uint64_t Below(uint64_t limit) { return std::uniform_int_distribution<uint64_t>(0, limit - 1)(random_); }
  void Fill(google::protobuf::Message* message, int depth);
  void FillSpecial(google::protobuf::Message* message, int depth, bool* special);
  void FillOne(google::protobuf::Message* message, const google::protobuf::FieldDescriptor* field, int depth);
  int64_t Integer(int bits, bool is_signed);
  double Real();
  std::string Text();
  std::string Bytes();

  std::mt19937_64 random_;
};

}  // namespace kam::gateway

#endif  // KAM_GATEWAY_JSON_TESTING_RANDOM_MESSAGE_H_
