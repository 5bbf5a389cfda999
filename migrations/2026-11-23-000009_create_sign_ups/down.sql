DROP TABLE activity_sums, sign_ups;
