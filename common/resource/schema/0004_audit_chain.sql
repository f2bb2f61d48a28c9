-- The audit trail is a chain (G-20): every numbered change has a link, the SHA-256 of the link before and of its own
-- content, so that no row can be changed, taken out, put in or moved without a break. Links are made where numbers are
-- given, never in the transaction of a caller.
ALTER TABLE changes ADD COLUMN chain_link CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL;

-- How far the chain goes, and its last link. Behind next_sequence only while changes that were numbered before there
-- was a chain, or by a program that knows of none, are still being linked.
ALTER TABLE change_sequence ADD COLUMN chained_sequence BIGINT NOT NULL DEFAULT 0;

ALTER TABLE change_sequence ADD COLUMN chain_link CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL;
