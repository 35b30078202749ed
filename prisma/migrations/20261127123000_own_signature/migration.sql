-- A signature of the tenant's own choice beside ours, for receivers that verify another sender's. Null: none.
ALTER TABLE integrations ADD COLUMN signature json;
