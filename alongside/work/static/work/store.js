// The phone's store is the person's: people keeps it, since the vault lies in it too.
export * from '../people/store.js';
