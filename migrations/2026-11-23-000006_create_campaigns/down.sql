DROP TABLE headcounts, plan_items, campaigns;
