/**
 * A repair of kafkajs 2.2.4: several requests that find a connection closed each open a socket of their own. All but the last are
 * never closed, keep the process alive, and when one of them ends it takes the connection in use down with it.
 */
import Connection from 'kafkajs/src/network/connection.js';

const under = new WeakMap<Connection, Promise<boolean>>();
let repaired = false;

/** From now on those who ask for a connection at the same time share one attempt. */
export function connectOnce(): void {
  if (repaired) return;
  repaired = true;
  const original = Reflect.get(Connection.prototype, 'connect') as () => Promise<boolean>;
  Connection.prototype.connect = function connect(this: Connection): Promise<boolean> {
    let attempt = under.get(this);
    if (attempt === undefined) {
      attempt = original.call(this).finally(() => under.delete(this));
      under.set(this, attempt);
    }
    return attempt;
  };
}
