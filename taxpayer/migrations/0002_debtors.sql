-- Whether anybody is paying for a debtor.
CREATE INDEX taxpayer_orders_debtor ON taxpayer_orders (debtor);
