#include "core/server/plan_cache.h"

#include <charconv>

#include "core/base/bytes.h"
#include "core/server/session.h"
#include "core/sql/ast.h"
#include "core/sql/parser.h"
#include "core/types/collation.h"
#include "core/types/convert.h"
#include "core/types/decimal.h"

namespace sixfold::server {
namespace {

constexpr size_t kMostPlans = 64;
constexpr size_t kMostSeen = 1024;

void BindLiteral(const sql::TextLiteral& literal, const types::Collation* collation, Arena* arena,
                 exec::Parameter* out) {
  out->type = types::DataType{};
  out->type.nullable = false;
  switch (literal.type) {
    case sql::LiteralType::kInteger:
      out->type.id = types::TypeId::kBigInt;
      out->type.length = 20;
      if (literal.integer > static_cast<uint64_t>(INT64_MAX)) {
        out->type.is_unsigned = true;
        out->value = types::Value::Uint(literal.integer);
      } else {
        out->value = types::Value::Int(static_cast<int64_t>(literal.integer));
      }
      return;
    case sql::LiteralType::kDecimal: {
      auto* decimal = arena->New<types::Decimal>();
      size_t consumed = 0;
      types::Decimal::FromString(literal.text, decimal, &consumed);
      out->type.id = types::TypeId::kDecimal;
      out->type.precision = static_cast<uint8_t>(std::min(decimal->Precision(), 65));
      out->type.scale = static_cast<uint8_t>(decimal->scale());
      out->value = types::Value::DecimalRef(decimal);
      return;
    }
    case sql::LiteralType::kFloat: {
      size_t consumed = 0;
      out->type.id = types::TypeId::kDouble;
      out->type.scale = 31;
      out->value = types::Value::Double(types::ParseDouble(literal.text, &consumed));
      return;
    }
    default:
      out->type.id = types::TypeId::kVarchar;
      out->type.length = static_cast<uint32_t>(literal.text.size());
      out->type.collation = collation;
      out->value = types::Value::String(literal.text);
  }
}

}  // namespace

PlanCache::~PlanCache() = default;

void PlanCache::Clear() {
  by_key_.clear();
  entries_.clear();
  seen_once_.clear();
}

CachedPlan* PlanCache::Find(Session& session, std::string_view text,
                            std::vector<exec::Parameter>* parameters) {
  arena_.Reset();
  // Strings of text literals are utf8mb4: with another connection charset they would be converted.
  if (session.connection_collation()->charset != &types::kUtf8mb4Charset) return nullptr;
  sql::Parameterize(text, session.sql_mode(), &arena_, &parameterized_);
  if (!parameterized_.cacheable) return nullptr;
  key_.clear();
  PutFixed(&key_, session.sql_mode());
  PutFixed(&key_, session.connection_collation()->id);
  PutLengthPrefixed(&key_, session.current_schema());
  key_ += parameterized_.key;
  CachedPlan* entry = nullptr;
  if (const auto found = by_key_.find(key_); found != by_key_.end()) {
    entries_.splice(entries_.begin(), entries_, found->second);
    entry = found->second->get();
  } else {
    if (seen_once_.size() > kMostSeen) seen_once_.clear();
    if (seen_once_.emplace(Checksum64(key_), true).second) return nullptr;
    entry = Add(session, text);
    if (entry == nullptr) return nullptr;
  }
  BindLiterals(session, parameters);
  return entry;
}

CachedPlan* PlanCache::Add(Session& session, std::string_view text) {
  auto entry = std::make_unique<CachedPlan>();
  entry->key = key_;
  entry->text = text;
  sql::ParseOptions options;
  options.sql_mode = session.sql_mode();
  options.parameterized = &parameterized_;
  const sql::ParseResult parsed = sql::Parse(entry->text, options, &entry->arena);
  if (!parsed.is_last || parsed.parameter_count != parameterized_.literals.size()) return nullptr;
  entry->tree = parsed.statement;
  while (entries_.size() >= kMostPlans) {
    by_key_.erase(entries_.back()->key);
    entries_.pop_back();
  }
  entries_.push_front(std::move(entry));
  by_key_.emplace(entries_.front()->key, entries_.begin());
  return entries_.front().get();
}

void PlanCache::Drop(CachedPlan* entry) {
  const auto found = by_key_.find(entry->key);
  if (found == by_key_.end()) return;
  const Entries::iterator at = found->second;
  by_key_.erase(found);
  entries_.erase(at);
}

void PlanCache::BindLiterals(Session& session, std::vector<exec::Parameter>* parameters) {
  parameters->resize(parameterized_.literals.size());
  for (size_t i = 0; i < parameters->size(); ++i) {
    BindLiteral(parameterized_.literals[i], session.connection_collation(), &arena_,
                &(*parameters)[i]);
  }
}

}  // namespace sixfold::server
