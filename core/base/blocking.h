// Marks a stretch in which a thread waits (a lock, SLEEP, LOAD DATA). The worker pool installs a
// hook per thread and starts a spare worker meanwhile; without a hook this does nothing. Work that
// may take longer than a short statement says so with NoteLongWork().
#pragma once

namespace sixfold {

class BlockingHook {
 public:
  virtual ~BlockingHook() = default;
  virtual void BeginBlocking() = 0;
  virtual void EndBlocking() = 0;
  virtual void NoteLongWork() {}
};

/// The hook of the calling thread; null to remove.
void SetThreadBlockingHook(BlockingHook* hook);

/// Between two steps of long work: lets go of what others wait for.
void NoteLongWork();

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
