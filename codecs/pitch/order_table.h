// Which instrument an order is of: on PITCH only the message that adds an order names its symbol, all
// later ones its id alone.
//
//   OrderTable orders(524'288);
//   if (!orders.Put(unit, order_id, {instrument_id, 300})) ++stats.orders_full;
//   if (OrderTable::Order* order = orders.Find(unit, order_id)) order->quantity -= 100;
//   orders.Erase(unit, order_id);
//
// Open addressing with linear probing, 24 bytes a slot and two slots an order that there is room for;
// what is erased leaves no trace. The quantity is kept because nothing is sent when an order is filled
// whole. Ids are a unit's own. When it is full new orders are refused, and count as unknown later.
//
// Owned by the feed thread. The memory is taken by the constructor and touched when it is used first;
// nothing else allocates. An order costs a cache line that is far away; ForgetUnit looks at every slot.
#ifndef FEEDHANDLER_CODECS_PITCH_ORDER_TABLE_H_
#define FEEDHANDLER_CODECS_PITCH_ORDER_TABLE_H_

#include <cstdint>
#include <cstdlib>
#include <memory>

namespace fh::codecs::pitch {

class OrderTable {
 public:
  struct Order {
    uint32_t instrument_id;
    uint32_t quantity;  // That is left.
  };

  // `most`: live orders that there is room for, 1 to 2^30.
  explicit OrderTable(uint32_t most);

  // False when there is no room. An id that is there already is another order from now on.
  bool Put(uint8_t unit, uint64_t order_id, const Order& order);

  // Null when it is not known. Valid until the next call of Put, Erase or ForgetUnit.
  Order* Find(uint8_t unit, uint64_t order_id);

  void Erase(uint8_t unit, uint64_t order_id);
  void ForgetUnit(uint8_t unit);

  uint32_t size() const { return size_; }
  uint32_t most() const { return most_; }

 private:
  // All zero: free.
  struct Slot {
    uint64_t order_id;
    Order order;
    uint8_t unit;
    bool is_used;
  };
  static_assert(sizeof(Slot) == 24);
  struct Free {
    void operator()(Slot* slots) const { std::free(slots); }
  };

  uint64_t Home(uint8_t unit, uint64_t order_id) const;
  // Of the order, or the free one that ends the search.
  uint64_t Place(uint8_t unit, uint64_t order_id) const;
  void EraseAt(uint64_t place);

  uint32_t most_;
  uint64_t mask_;
  int hash_shift_;
  uint32_t size_ = 0;
  std::unique_ptr<Slot[], Free> slots_;
};

}  // namespace fh::codecs::pitch

#endif  // FEEDHANDLER_CODECS_PITCH_ORDER_TABLE_H_
