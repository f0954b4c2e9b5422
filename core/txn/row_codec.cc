#include "core/txn/row_codec.h"

#include "core/base/arena.h"
#include "core/base/bytes.h"
#include "core/base/check.h"
#include "core/catalog/definitions.h"
#include "core/types/decimal.h"
#include "core/types/error_codes.h"
#include "core/types/labels.h"
#include "core/types/sql_error.h"

namespace sixfold::txn {
namespace {

constexpr uint8_t kVersionMask = 0x0F;
constexpr uint8_t kWideOffsets = 0x10;
constexpr uint8_t kHasExternal = 0x20;

[[noreturn]] void ThrowCorruptRow() {
  throw MakeError(ErrorCode::kNotKeyfile, std::string_view("row"));
}

bool Bit(const uint8_t* bits, uint32_t i) { return (bits[i / 8] >> (i % 8)) & 1; }

uint64_t LoadUnsigned(std::string_view cell) {
  if (cell.size() > 8) ThrowCorruptRow();
  uint64_t v = 0;
  std::memcpy(&v, cell.data(), cell.size());
  return v;
}

int64_t LoadSigned(std::string_view cell) {
  if (cell.empty()) return 0;
  const uint64_t v = LoadUnsigned(cell);
  const int shift = 64 - 8 * static_cast<int>(cell.size());
  return static_cast<int64_t>(v << shift) >> shift;
}

void AppendUnsigned(std::string* out, uint64_t v) {
  const int bytes = v == 0 ? 0 : (64 - __builtin_clzll(v) + 7) / 8;
  out->append(reinterpret_cast<const char*>(&v), bytes);
}

void AppendSigned(std::string* out, int64_t v) {
  // The fewest bytes whose sign extension gives the value back.
  const uint64_t folded = static_cast<uint64_t>(v < 0 ? ~v : v);
  const int bytes = v == 0 ? 0 : (folded == 0 ? 1 : (65 - __builtin_clzll(folded) + 7) / 8);
  out->append(reinterpret_cast<const char*>(&v), bytes);
}

}  // namespace

RowDecoder::RowDecoder(std::string_view stored) {
  ByteReader in(stored);
  const uint8_t flags = in.Fixed<uint8_t>();
  if ((flags & kVersionMask) != kRowFormatVersion) ThrowCorruptRow();
  cells_ = static_cast<uint32_t>(in.Varint());
  wide_ = flags & kWideOffsets;
  nulls_ = reinterpret_cast<const uint8_t*>(in.Bytes((cells_ + 7) / 8).data());
  if (flags & kHasExternal) {
    external_ = reinterpret_cast<const uint8_t*>(in.Bytes((cells_ + 7) / 8).data());
  }
  offsets_ = in.Bytes(size_t{cells_} * (wide_ ? 4 : 2)).data();
  data_ = in.rest();
  if (!in.ok()) ThrowCorruptRow();
}

RowDecoder::Cell RowDecoder::Find(uint32_t storage_id) const {
  DCHECK(storage_id > 0);
  const uint32_t i = storage_id - 1;
  Cell cell;
  if (i >= cells_) return cell;
  cell.present = true;
  cell.null = Bit(nulls_, i);
  if (cell.null) return cell;
  cell.external = external_ != nullptr && Bit(external_, i);
  uint32_t begin = 0;
  uint32_t end = 0;
  if (wide_) {
    begin = i == 0 ? 0 : LoadFixed<uint32_t>(offsets_ + 4 * (i - 1));
    end = LoadFixed<uint32_t>(offsets_ + 4 * i);
  } else {
    begin = i == 0 ? 0 : LoadFixed<uint16_t>(offsets_ + 2 * (i - 1));
    end = LoadFixed<uint16_t>(offsets_ + 2 * i);
  }
  if (begin > end || end > data_.size()) ThrowCorruptRow();
  cell.bytes = data_.substr(begin, end - begin);
  return cell;
}

ExternalCell ParseExternalCell(std::string_view cell) {
  ByteReader in(cell);
  ExternalCell out;
  out.blob = in.Varint();
  out.length = in.Varint();
  if (!in.ok() || out.length > UINT32_MAX) ThrowCorruptRow();
  return out;
}

types::Value DecodeCell(std::string_view cell, const types::DataType& type, Arena* arena) {
  using types::TypeId;
  using types::Value;
  switch (type.id) {
    case TypeId::kNull:
      return Value::Null();
    case TypeId::kTinyInt:
    case TypeId::kSmallInt:
    case TypeId::kMediumInt:
    case TypeId::kInt:
    case TypeId::kBigInt:
      return type.is_unsigned ? Value::Uint(LoadUnsigned(cell)) : Value::Int(LoadSigned(cell));
    case TypeId::kYear:
      return Value::Int(LoadSigned(cell));
    case TypeId::kBit:
      return Value::Uint(LoadUnsigned(cell));
    case TypeId::kFloat:
      if (cell.size() != sizeof(float)) ThrowCorruptRow();
      return Value::Double(LoadFixed<float>(cell.data()));
    case TypeId::kDouble:
      if (cell.size() != sizeof(double)) ThrowCorruptRow();
      return Value::Double(LoadFixed<double>(cell.data()));
    case TypeId::kDecimal:
      if (cell.size() !=
          static_cast<size_t>(types::Decimal::EncodedBytes(type.precision, type.scale))) {
        ThrowCorruptRow();
      }
      return Value::DecimalRef(arena->New<types::Decimal>(
          types::Decimal::Decode(cell.data(), type.precision, type.scale)));
    case TypeId::kDate:
      return Value::Date(LoadSigned(cell));
    case TypeId::kTime:
      return Value::Time(LoadSigned(cell));
    case TypeId::kDatetime:
    case TypeId::kTimestamp:
      return Value::Datetime(LoadSigned(cell));
    case TypeId::kEnum:
      if (LoadUnsigned(cell) > type.labels->size()) ThrowCorruptRow();
      return types::EnumValue(type, static_cast<uint16_t>(LoadUnsigned(cell)));
    case TypeId::kSet:
      return Value::String(types::SetText(type, LoadUnsigned(cell), arena));
    case TypeId::kJson:
      return Value::Json(cell);
    default:
      return Value::String(cell);
  }
}

types::Value DecodeInstantDefault(const catalog::ColumnDef& column, Arena* arena) {
  if (!column.instant_default) return types::Value::Null();
  return DecodeCell(*column.instant_default, column.type, arena);
}

void AppendCell(std::string* out, const types::Value& value, const types::DataType& type) {
  using types::TypeId;
  using types::ValueKind;
  switch (type.id) {
    case TypeId::kFloat:
      PutFixed(out, static_cast<float>(value.double_value()));
      return;
    case TypeId::kEnum:
      DCHECK(value.is_string());
      AppendUnsigned(out, value.enum_index());
      return;
    case TypeId::kSet:
      DCHECK(value.is_string());
      AppendUnsigned(out, types::SetBits(type, value.bytes()));
      return;
    default:
      break;
  }
  switch (value.kind()) {
    case ValueKind::kNull:
      return;
    case ValueKind::kInt:
    case ValueKind::kDate:
    case ValueKind::kTime:
    case ValueKind::kDatetime:
      AppendSigned(out, value.int_value());
      return;
    case ValueKind::kUint:
      AppendUnsigned(out, value.uint_value());
      return;
    case ValueKind::kDouble:
      PutFixed(out, value.double_value());
      return;
    case ValueKind::kDecimal:
      value.decimal().AppendEncoded(type.precision, type.scale, out);
      return;
    case ValueKind::kString:
    case ValueKind::kJson:
      out->append(value.bytes());
      return;
  }
}

bool IsExternalValue(const types::DataType& type, const types::Value& value) {
  const bool bytes =
      value.kind() == types::ValueKind::kString || value.kind() == types::ValueKind::kJson;
  return bytes && value.bytes().size() > kMaxInlineBytes && type.id != types::TypeId::kSet;
}

bool NeedsExternal(const catalog::TableDef& table, std::span<const types::Value> row) {
  for (size_t i = 0; i < row.size(); ++i) {
    if (IsExternalValue(table.columns[i].type, row[i])) return true;
  }
  return false;
}

void EncodeRow(std::string* out, const catalog::TableDef& table, std::span<const types::Value> row,
               std::span<const ExternalCell> external) {
  CHECK_EQ(row.size(), table.columns.size());
  uint32_t cells = 0;
  size_t bytes = 0;
  for (size_t i = 0; i < row.size(); ++i) {
    cells = std::max(cells, table.columns[i].storage_id);
    const auto kind = row[i].kind();
    bytes += kind == types::ValueKind::kString || kind == types::ValueKind::kJson
                 ? row[i].bytes().size()
                 : 40;
  }
  const bool wide = bytes > UINT16_MAX;
  out->push_back(static_cast<char>(kRowFormatVersion | (wide ? kWideOffsets : 0) |
                                   (external.empty() ? 0 : kHasExternal)));
  PutVarint(out, cells);
  const size_t bitmap_bytes = (cells + 7) / 8;
  const size_t nulls = out->size();
  out->append(bitmap_bytes, '\xFF');
  const size_t externals = out->size();
  if (!external.empty()) out->append(bitmap_bytes, '\0');
  const size_t offsets = out->size();
  out->append(size_t{cells} * (wide ? 4 : 2), '\0');
  const size_t data = out->size();

  const auto set_end = [&](uint32_t cell) {
    const size_t end = out->size() - data;
    if (wide) {
      StoreFixed(out->data() + offsets + 4 * size_t{cell}, static_cast<uint32_t>(end));
    } else {
      CHECK_LE(end, size_t{UINT16_MAX});
      StoreFixed(out->data() + offsets + 2 * size_t{cell}, static_cast<uint16_t>(end));
    }
  };
  const auto append = [&](uint32_t cell, size_t i) {
    if (row[i].is_null()) return;
    (*out)[nulls + cell / 8] &= static_cast<char>(~(1u << (cell % 8)));
    if (!external.empty() && external[i].length != 0) {
      (*out)[externals + cell / 8] |= static_cast<char>(1u << (cell % 8));
      PutVarint(out, external[i].blob);
      PutVarint(out, external[i].length);
    } else {
      AppendCell(out, row[i], table.columns[i].type);
    }
  };

  // Columns mostly stand in storage order; only after ALTER … FIRST/AFTER they do not.
  uint32_t cell = 0;
  bool ordered = true;
  for (size_t i = 0; i < row.size() && ordered; ++i) {
    ordered = i == 0 || table.columns[i].storage_id > table.columns[i - 1].storage_id;
  }
  if (ordered) {
    for (size_t i = 0; i < row.size(); ++i) {
      const uint32_t own = table.columns[i].storage_id - 1;
      for (; cell < own; ++cell) set_end(cell);
      append(own, i);
      set_end(own);
      cell = own + 1;
    }
    return;
  }
  for (; cell < cells; ++cell) {
    for (size_t i = 0; i < row.size(); ++i) {
      if (table.columns[i].storage_id == cell + 1) append(cell, i);
    }
    set_end(cell);
  }
}

}  // namespace sixfold::txn
