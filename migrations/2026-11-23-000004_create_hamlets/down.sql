DROP TABLE hamlets;
