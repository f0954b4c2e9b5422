#include "core/server/plan_cache.h"

#include <charconv>

#include "core/base/bytes.h"
#include "core/base/check.h"
#include "core/server/server.h"
#include "core/server/session.h"
#include "core/server/status_counters.h"
#include "core/sql/ast.h"
#include "core/sql/parser.h"
#include "core/types/collation.h"
#include "core/types/convert.h"
#include "core/types/decimal.h"

namespace sixfold::server {
namespace {

constexpr size_t kMostPlans = 64;

void BindLiteral(const sql::TextLiteral& literal, const types::Collation* collation, Arena* arena,
                 plan::Parameter* out) {
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
}

CachedPlan* PlanCache::Find(Session& session, std::string_view text,
                            std::vector<plan::Parameter>* parameters) {
  arena_.Reset();
  // Strings of text literals are utf8mb4: with another connection charset they would be converted.
  if (session.connection_collation()->charset != &types::kUtf8mb4Charset) return nullptr;
  sql::Parameterize(text, session.sql_mode(), &arena_, &parameterized_);
  if (!parameterized_.cacheable) return nullptr;
  key_.assign(session.plan_variables());
  PutLengthPrefixed(&key_, session.current_schema());
  key_ += parameterized_.key;
  CachedPlan* entry = nullptr;
  if (const auto found = by_key_.find(key_); found != by_key_.end()) {
    entries_.splice(entries_.begin(), entries_, found->second);
    entry = found->second->get();
  } else if (const SharedPlans::Answer answer = shared_.Find(key_); answer.plan != nullptr) {
    entry = Insert(Adopt(*answer.plan));
    StatusCounters::Add(session.server().counters().adopted_plans);
  } else if (answer.seen_before) {
    entry = Insert(Parse(session, text));
  }
  if (entry != nullptr) BindLiterals(session, parameters);
  return entry;
}

std::unique_ptr<CachedPlan> PlanCache::Adopt(const SharedPlan& shared) {
  auto entry = std::make_unique<CachedPlan>();
  entry->source = shared.source;
  entry->plan = shared.plan->Share();
  CHECK(entry->plan != nullptr);
  entry->shared_plans = entry->plan->plans_made();
  return entry;
}

std::unique_ptr<CachedPlan> PlanCache::Parse(Session& session, std::string_view text) {
  auto source = std::make_shared<StatementSource>();
  source->text = text;
  sql::ParseOptions options;
  options.sql_mode = session.sql_mode();
  options.parameterized = &parameterized_;
  const sql::ParseResult parsed = sql::Parse(source->text, options, &source->arena);
  if (!parsed.is_last || parsed.parameter_count != parameterized_.literals.size()) return nullptr;
  source->tree = parsed.statement;
  auto entry = std::make_unique<CachedPlan>();
  entry->source = std::move(source);
  return entry;
}

CachedPlan* PlanCache::Insert(std::unique_ptr<CachedPlan> entry) {
  if (entry == nullptr) return nullptr;
  while (entries_.size() >= kMostPlans) {
    by_key_.erase(entries_.back()->key);
    entries_.pop_back();
  }
  entry->key = key_;
  entries_.push_front(std::move(entry));
  by_key_.emplace(entries_.front()->key, entries_.begin());
  return entries_.front().get();
}

void PlanCache::NoteRun(CachedPlan* entry) {
  if (entry->plan == nullptr) {
    const auto found = by_key_.find(entry->key);
    const Entries::iterator at = found->second;
    by_key_.erase(found);
    entries_.erase(at);
    return;
  }
  if (entry->plan->plans_made() == entry->shared_plans) return;
  entry->shared_plans = entry->plan->plans_made();
  auto plan = entry->plan->Share();
  if (plan == nullptr) return;
  auto shared = std::make_shared<SharedPlan>();
  shared->source = entry->source;
  shared->plan = std::move(plan);
  shared_.Put(entry->key, std::move(shared));
}

void PlanCache::BindLiterals(Session& session, std::vector<plan::Parameter>* parameters) {
  parameters->resize(parameterized_.literals.size());
  for (size_t i = 0; i < parameters->size(); ++i) {
    BindLiteral(parameterized_.literals[i], session.connection_collation(), &arena_,
                &(*parameters)[i]);
  }
}

}  // namespace sixfold::server
