#include "quern/base/slab.hpp"

#include <sys/mman.h>

#include <cstdlib>
#include <new>

namespace quern {

void FreeSlab::operator()(unsigned char* slab) const noexcept { std::free(slab); }

Slab make_slab() {
  Slab slab(static_cast<unsigned char*>(std::aligned_alloc(kSlabBytes, kSlabBytes)));
  if (slab == nullptr) throw std::bad_alloc();
  // A system without huge pages says no, and is only slower.
  static_cast<void>(::madvise(slab.get(), kSlabBytes, MADV_HUGEPAGE));
  return slab;
}

}  // namespace quern
