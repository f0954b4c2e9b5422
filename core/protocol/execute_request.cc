#include "core/protocol/execute_request.h"

#include "core/protocol/wire_reader.h"

namespace sixfold::protocol {
namespace {

constexpr size_t kMaxParameters = 65535;

void ReadDate(WireReader* in, BinaryTemporal* t) {
  t->year = in->U16();
  t->month = in->U8();
  t->day = in->U8();
}

void ReadClock(WireReader* in, BinaryTemporal* t) {
  t->hour = in->U8();
  t->minute = in->U8();
  t->second = in->U8();
}

Status ReadDatetime(WireReader* in, Parameter* p) {
  const uint8_t length = in->U8();
  if (length != 0 && length != 4 && length != 7 && length != 11) {
    return InvalidArgument("a date of {} bytes", length);
  }
  if (length >= 4) ReadDate(in, &p->temporal);
  if (length >= 7) ReadClock(in, &p->temporal);
  if (length == 11) p->temporal.microsecond = in->U32();
  p->kind = p->type == FieldType::kDate ? Parameter::Kind::kDate : Parameter::Kind::kDatetime;
  return OkStatus();
}

Status ReadTime(WireReader* in, Parameter* p) {
  const uint8_t length = in->U8();
  if (length != 0 && length != 8 && length != 12) {
    return InvalidArgument("a time of {} bytes", length);
  }
  if (length >= 8) {
    p->temporal.negative = in->U8() != 0;
    p->temporal.year = in->U32();
    ReadClock(in, &p->temporal);
  }
  if (length == 12) p->temporal.microsecond = in->U32();
  p->kind = Parameter::Kind::kTime;
  return OkStatus();
}

void SetInteger(Parameter* p, bool is_unsigned, int64_t as_signed, uint64_t as_unsigned) {
  p->kind = is_unsigned ? Parameter::Kind::kUint : Parameter::Kind::kInt;
  p->integer = is_unsigned ? static_cast<int64_t>(as_unsigned) : as_signed;
}

Status ReadValue(WireReader* in, const ParameterType& type, Parameter* p) {
  p->type = type.type;
  switch (type.type) {
    case FieldType::kNull:
      p->kind = Parameter::Kind::kNull;
      return OkStatus();
    case FieldType::kTiny: {
      const uint8_t v = in->U8();
      SetInteger(p, type.is_unsigned, static_cast<int8_t>(v), v);
      return OkStatus();
    }
    case FieldType::kShort:
    case FieldType::kYear: {
      const uint16_t v = in->U16();
      SetInteger(p, type.is_unsigned, static_cast<int16_t>(v), v);
      return OkStatus();
    }
    case FieldType::kLong:
    case FieldType::kInt24: {
      const uint32_t v = in->U32();
      SetInteger(p, type.is_unsigned, static_cast<int32_t>(v), v);
      return OkStatus();
    }
    case FieldType::kLongLong: {
      const uint64_t v = in->U64();
      SetInteger(p, type.is_unsigned, static_cast<int64_t>(v), v);
      return OkStatus();
    }
    case FieldType::kFloat:
      p->kind = Parameter::Kind::kFloat;
      p->number = std::bit_cast<float>(in->U32());
      return OkStatus();
    case FieldType::kDouble:
      p->kind = Parameter::Kind::kDouble;
      p->number = std::bit_cast<double>(in->U64());
      return OkStatus();
    case FieldType::kDate:
    case FieldType::kDatetime:
    case FieldType::kTimestamp:
      return ReadDatetime(in, p);
    case FieldType::kTime:
      return ReadTime(in, p);
    case FieldType::kDecimal:
    case FieldType::kNewDecimal:
      p->kind = Parameter::Kind::kDecimalText;
      p->bytes = in->LenencString();
      return OkStatus();
    case FieldType::kVarchar:
    case FieldType::kBit:
    case FieldType::kJson:
    case FieldType::kEnum:
    case FieldType::kSet:
    case FieldType::kTinyBlob:
    case FieldType::kMediumBlob:
    case FieldType::kLongBlob:
    case FieldType::kBlob:
    case FieldType::kVarString:
    case FieldType::kString:
    case FieldType::kGeometry:
      p->kind = Parameter::Kind::kBytes;
      p->bytes = in->LenencString();
      return OkStatus();
    case FieldType::kNewDate:
      break;
  }
  return InvalidArgument("parameter type {}", static_cast<int>(type.type));
}

bool IsNullBit(std::string_view bitmap, size_t index) {
  return index / 8 < bitmap.size() &&
         (static_cast<uint8_t>(bitmap[index / 8]) >> (index % 8) & 1) != 0;
}

Status ReadTypes(WireReader* in, size_t count, bool with_names, std::vector<ParameterType>* types,
                 std::vector<std::string_view>* names) {
  types->clear();
  for (size_t i = 0; i < count && in->ok(); ++i) {
    const uint8_t type = in->U8();
    const uint8_t flags = in->U8();
    types->push_back({static_cast<FieldType>(type), (flags & 0x80) != 0});
    if (with_names) names->push_back(in->LenencString());
  }
  if (!in->ok()) return InvalidArgument("the parameter types end early");
  return OkStatus();
}

}  // namespace

uint32_t StatementIdOf(std::string_view body) { return WireReader(body).U32(); }

Status ParseExecute(std::string_view body, size_t parameter_count, Capabilities capabilities,
                    const std::vector<bool>& has_long_data, std::vector<ParameterType>* types,
                    ExecuteRequest* request) {
  WireReader in(body);
  request->statement_id = in.U32();
  request->flags = in.U8();
  in.U32();  // iteration count, always 1
  request->parameters.clear();
  const bool attributes = (capabilities & capability::kQueryAttributes) != 0;
  size_t total = parameter_count;
  if (attributes && (parameter_count > 0 || (request->flags & kExecuteParameterCountAvailable))) {
    total = in.LenencInt();
    if (total < parameter_count || total > kMaxParameters) {
      return InvalidArgument("{} parameters sent, {} expected", total, parameter_count);
    }
  }
  if (!in.ok()) return InvalidArgument("the execute request ends early");
  if (total == 0) return OkStatus();
  const std::string_view nulls = in.Bytes((total + 7) / 8);
  std::vector<std::string_view> names;
  if (in.U8() != 0) RETURN_IF_ERROR(ReadTypes(&in, total, attributes, types, &names));
  if (!in.ok() || types->size() < total) {
    return InvalidArgument("{} of {} parameters have types", types->size(), total);
  }
  request->parameters.resize(total);
  for (size_t i = 0; i < total; ++i) {
    Parameter& p = request->parameters[i];
    if (i < names.size()) p.name = names[i];
    p.type = (*types)[i].type;
    if (i < has_long_data.size() && has_long_data[i]) {
      p.kind = Parameter::Kind::kLongData;
    } else if (!IsNullBit(nulls, i)) {
      RETURN_IF_ERROR(ReadValue(&in, (*types)[i], &p));
    }
    if (!in.ok()) return InvalidArgument("parameter {} ends early", i + 1);
  }
  // Query attributes follow the statement's own parameters; nobody reads them here.
  request->parameters.resize(parameter_count);
  return OkStatus();
}

Status ParseQueryBody(std::string_view body, Capabilities capabilities, std::string_view* text) {
  *text = body;
  if (!(capabilities & capability::kQueryAttributes)) return OkStatus();
  WireReader in(body);
  const uint64_t count = in.LenencInt();
  in.LenencInt();  // sets of parameters, always 1
  if (!in.ok() || count > kMaxParameters) return InvalidArgument("broken query attributes");
  if (count > 0) {
    const std::string_view nulls = in.Bytes((count + 7) / 8);
    if (in.U8() != 1) return InvalidArgument("query attributes without types");
    std::vector<ParameterType> types;
    std::vector<std::string_view> names;
    RETURN_IF_ERROR(ReadTypes(&in, count, true, &types, &names));
    for (size_t i = 0; i < count; ++i) {
      Parameter ignored;
      if (!IsNullBit(nulls, i)) RETURN_IF_ERROR(ReadValue(&in, types[i], &ignored));
    }
  }
  if (!in.ok()) return InvalidArgument("the query attributes end early");
  *text = in.rest();
  return OkStatus();
}

}  // namespace sixfold::protocol
