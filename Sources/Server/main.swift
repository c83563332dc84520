print("workestra")
