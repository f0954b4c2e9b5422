// Marks a stretch in which a thread waits (a lock, SLEEP, LOAD DATA). The worker pool installs a
// hook per thread and starts a spare worker meanwhile; without a hook this does nothing.
#pragma once

namespace sixfold {

class BlockingHook {
 public:
  virtual ~BlockingHook() = default;
  virtual void BeginBlocking() = 0;
  virtual void EndBlocking() = 0;
};

/// The hook of the calling thread; null to remove.
void SetThreadBlockingHook(BlockingHook* hook);

class BlockingScope {
 public:
  BlockingScope();
  ~BlockingScope();
  BlockingScope(const BlockingScope&) = delete;
  BlockingScope& operator=(const BlockingScope&) = delete;

 private:
  BlockingHook* hook_;
};

}  // namespace sixfold
