// JoinPlanner: the order and method of a block's joins, greedily: next comes what adds the least
// cost. Slots are assigned in that order, then plan nodes are made.
//
// Conditions go as far down as they may: to the scan of their only table, to the join that makes
// their last table known; conditions of WHERE on null-complemented tables above their outer join.
#pragma once

#include <memory>
#include <set>
#include <vector>

#include "core/plan/bind/block.h"
#include "core/plan/optimize/access_choice.h"
#include "core/plan/optimize/sargs.h"
#include "core/plan/physical/joins.h"

namespace sixfold::plan {

class Binder;
struct ScanOutput;

/// The sides of an equality that can be a hash key between `left` tables and `right` tables.
bool HashSides(Expression* conjunct, const QueryBlock* block, TableMask left, TableMask right,
               HashJoin::Key* key);

class JoinPlanner {
 public:
  JoinPlanner(Binder& binder, QueryBlock* block);

  /// Null where the block has no tables. Conditions that no join took are left in `rest`.
  const PlanNode* Plan(std::vector<Expression*>* rest);
  /// Rows come in the order of these output columns already.
  bool ordered() const { return ordered_; }
  double rows() const { return rows_; }
  /// The first row decides MIN or MAX, the block's only aggregate.
  bool first_row_decides() const { return first_row_decides_; }

 private:
  struct Nest;
  struct Step {
    TableRef* table = nullptr;
    AccessChoice access;
    Nest* nest = nullptr;  // an outer join's inner side
    bool outer = false;
    bool hash = false;
    TableMask mask = 0;
  };
  struct Nest {
    std::vector<TableRef*> tables;
    struct OuterJoin {
      std::unique_ptr<Nest> inner;
      std::vector<Conjunct> on;
      std::vector<Sarg> sargs;
      bool done = false;
    };
    std::vector<OuterJoin> outer_joins;
    bool straight = false;
    TableMask mask = 0;  // all tables below
    std::vector<Conjunct> conjuncts;
    std::vector<Sarg> sargs;
    std::vector<Step> steps;
    std::vector<size_t> outer_of_step;
    uint32_t slot_begin = 0, slot_end = 0;
    double rows = 1;
  };

  std::unique_ptr<Nest> Simplify(JoinNest& nest, std::vector<Conjunct>* conjuncts);
  void AddConstantsThroughEquality(Nest* nest);
  void Order(Nest* nest, TableMask outside);
  void ChooseNext(Nest* nest, TableMask available, double* rows);
  Step Consider(Nest* nest, TableRef* table, std::span<const Sarg> sargs,
                const std::vector<Conjunct>& conjuncts, TableMask available, double rows,
                bool outer, double* cost, double* fanout);
  void UseIndexOrder(Nest* nest);
  void UseExtreme(Nest* nest);
  bool ProvidesOrder(const TableRef& table, const AccessPath& path, bool* backward) const;
  void CollectDead(Nest* nest);
  void AssignSlots(Nest* nest, uint32_t* next);
  const PlanNode* Build(Nest* nest);
  void Explain(const Nest* nest, const Step& step, bool filtered);
  void ExplainAccess(const catalog::TableDef& table, const AccessChoice& access, const Nest* nest,
                     ExplainStep* note) const;
  TableAccess AccessOf(const Step& step) const;
  const PlanNode* LateralScan(const TableRef& table);
  ScanOutput OutputOf(const TableRef& table, std::vector<Expression*> filters) const;
  const PlanNode* BuildLeaf(const Step& step, std::vector<Expression*> filters);
  const PlanNode* BuildStep(Nest* nest, size_t ordinal, const PlanNode* left, TableMask before);
  std::vector<Expression*> TakeLocal(std::vector<Conjunct>* conjuncts, TableMask mask,
                                     const std::set<size_t>& exact);
  double TableRows(const TableRef& table) const;
  txn::CatalogView* Statistics(const TableRef& table) const;
  double LocalSelectivity(std::span<const Sarg> sargs, const std::vector<Conjunct>& conjuncts,
                          const TableRef& table, const AccessChoice& access,
                          TableMask available) const;

  Binder& binder_;
  QueryBlock* block_;
  std::unique_ptr<Nest> root_;
  std::set<const Expression*> dead_;
  bool ordered_ = false;
  bool first_row_decides_ = false;
  double rows_ = 1;
};

}  // namespace sixfold::plan
